"""What makes partitions at run time, and lets those go whose rows are old: a function for each table, which a job calls."""

from collections.abc import Iterator

from bdc.ddl.names import Name, full, quote
from bdc.ddl.nodes import CreateFunction, Grant, Privilege, Statement
from bdc.ddl.printer import literal
from bdc.ir import Partitioning, Scalar, ScalarType, SystemIR, Table
from bdc.naming.rotation import part_prefix, rotation_name
from bdc.schema.bodies import body
from bdc.schema.names import APP, Roles, name_of

AHEAD = {"day": 7, "week": 4, "month": 3, "year": 2}
"""How many periods after the one that is running have their partition."""
_PARTS = """(
      select c.oid::regclass as part, c.relnamespace = 'app'::regnamespace as made,
        coalesce({low}, '-infinity') as low, coalesce({high}, 'infinity') as high
      from pg_inherits as i join pg_class as c on c.oid = i.inhrelid,
        lateral (select regexp_match(pg_get_expr(c.relpartbound, c.oid), '^FOR VALUES FROM \\((.*)\\) TO \\((.*)\\)$') as ends) as e
      where i.inhparent = whole{ranges}
    ) as b"""


def create_rotations(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    """Yield the functions, which the service may call."""
    for table in system.tables:
        found = table.partitioning
        if found is None or found.by is None:
            continue
        name = Name(rotation_name(table), APP)
        text = _text(table, found)
        yield CreateFunction(name, text, parameters="most integer", returns="bigint", definer=True)
        yield Grant((Privilege("execute"),), "function", name, (roles.runtime,), signature="integer")


def _text(table: Table, found: Partitioning) -> str:
    assert found.by is not None
    (column,) = found.columns
    type_ = table.column(column).type
    is_date = isinstance(type_, ScalarType) and type_.scalar is Scalar.DATE
    named = full(name_of(table))
    said = {
        "table": literal(named),
        "step": f"interval '1 {found.by}'",
        "unit": literal(found.by),
        "ahead": str(AHEAD[found.by]),
        "prefix": literal(part_prefix(table)),
        "rows": named,
        "column": quote(column),
        "name": literal(column),
        "low": "low::date" if is_date else "(low at time zone 'UTC')",
        "high": "high::date" if is_date else "(high at time zone 'UTC')",
        "bounds": _parts(is_date, " and e.ends is not null"),
        "parts": _parts(is_date, ""),
        "keep": "",
        "cutoff": "",
    }
    if found.keep is not None:
        age = f"interval '{found.keep} seconds'"
        at = f"((now() - {age}) at time zone 'UTC')::date" if is_date else f"now() - {age}"
        said["keep"] = _filled(body("rotate_keep"), {**said, "keep": age, "cutoff": at})
    return _filled(body("rotate"), said)


def _parts(is_date: bool, ranges: str) -> str:
    """Return the partitions that are there as a table of a query; times are those of UTC."""
    read = "::timestamp" if is_date else "::timestamptz at time zone 'UTC'"
    low = f"btrim(nullif(e.ends[1], 'MINVALUE'), ''''){read}"
    high = f"btrim(nullif(e.ends[2], 'MAXVALUE'), ''''){read}"
    return _filled(_PARTS, {"low": low, "high": high, "ranges": ranges})


def _filled(text: str, said: dict[str, str]) -> str:
    for name, value in said.items():
        text = text.replace(f"{{{name}}}", value)
    return text
