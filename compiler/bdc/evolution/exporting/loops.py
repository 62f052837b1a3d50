"""A backfill as one statement that PostgreSQL runs by itself: batch by batch, with a commit after each (outside of a transaction)."""

from bdc.ddl.names import quote
from bdc.plan import Batch

_ROWS = 5000
_LOOP = """\
do $bdc$
declare
{variables}
  whole boolean;
begin
  perform set_config('plan_cache_mode', 'force_custom_plan', false);
  loop
    select {key} into {uppers} from {table}
    where {fresh} or ({key}) > ({lasts})
    order by {key} offset {offset} limit 1;
    whole := found;
    update {table} set {changes}
    where ({fresh} or ({key}) > ({lasts})) and (not whole or ({key}) <= ({uppers})) and ({where});
    commit;
    exit when not whole;
{moves}
  end loop;
  if not coalesce(({proof}), false) then
    raise exception 'rows of {table} are still not changed';
  end if;
end
$bdc$;"""
_PLAIN = """\
do $bdc$
begin
  update {table} set {changes} where {where};
  if not coalesce(({proof}), false) then
    raise exception 'rows of {table} are still not changed';
  end if;
end
$bdc$;"""


def loop(batch: Batch) -> str:
    """Return the statement. A table without a key is changed at once: nothing orders its rows."""
    changes = ", ".join(f"{quote(column)} = {value}" for column, value in batch.set.items())
    if batch.key == ("ctid",):
        return _PLAIN.format(table=batch.table, changes=changes, where=batch.where, proof=batch.proof)
    numbers = range(1, len(batch.key) + 1)
    return _LOOP.format(
        variables="\n".join(
            f"  last_{n} {kind}; upper_{n} {kind};" for n, kind in enumerate(batch.key_types, 1)
        ),
        key=", ".join(quote(column) for column in batch.key),
        uppers=", ".join(f"upper_{n}" for n in numbers),
        lasts=", ".join(f"last_{n}" for n in numbers),
        fresh="last_1 is null",
        moves="\n".join(f"    last_{n} := upper_{n};" for n in numbers),
        table=batch.table,
        changes=changes,
        where=batch.where,
        proof=batch.proof,
        offset=_ROWS - 1,
    )
