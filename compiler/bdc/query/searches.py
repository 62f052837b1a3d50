"""Full-text search under row level security.

`@@` is not leakproof, so PostgreSQL will not use an index for it before the policies of the table have passed each row.
A SECURITY DEFINER function therefore finds the keys within the caller's tenant by index; the statement and the policies
then decide which of these rows the caller sees.
"""

from collections.abc import Sequence

from bdc.ir import Entity, SystemIR
from bdc.ir.compiled import ALIAS, PARAMETER, HelperFunction
from bdc.query.claims import claim_setting
from bdc.query.names import column_text, quote, relation
from bdc.query.relations import deletion_column, key_columns, tenant_column
from bdc.query.search import search_condition, search_rank
from bdc.query.trees import print_sql
from bdc.query.types import sql_type

_ROW = "t"
# How like a word must be to what is asked for, for the transaction: `<%` compares with it, and an index serves `<%`.
_LIKENESS = "  perform set_config('pg_trgm.word_similarity_threshold', '0.4', true);\n"


class Searches:
    """Collects the functions that searches need."""

    def __init__(self, system: SystemIR) -> None:
        self._system = system
        self._functions: dict[str, HelperFunction] = {}

    @property
    def functions(self) -> tuple[HelperFunction, ...]:
        return tuple(self._functions[name] for name in sorted(self._functions))

    def rank(self, entity: Entity, fields: Sequence[str], *, prefix: bool, fuzzy: bool) -> str:
        """Return how well a row matches, over `«a»` and `«p»`."""
        table = self._system.table(entity.table)
        columns = self._indexed(entity, fields)
        return search_rank(table, columns, ALIAS, f"{PARAMETER}::text", prefix=prefix, fuzzy=fuzzy)

    def condition(
        self, entity: Entity, fields: Sequence[str], *, prefix: bool = False, fuzzy: bool = False
    ) -> str:
        """Return the condition over `«a»` and `«p»` that a row matches."""
        table = self._system.table(entity.table)
        columns = self._indexed(entity, fields)
        keys = key_columns(entity)
        if len(keys) != 1:
            return search_condition(table, columns, ALIAS, f"{PARAMETER}::text", prefix=prefix, fuzzy=fuzzy)
        kind = f"{sql_type(table.column(keys[0]).type)}[]"
        name = self._function(entity, columns, keys[0], kind, prefix=prefix, fuzzy=fuzzy)
        return f"{column_text(ALIAS, keys[0])} = any((select {name}({PARAMETER}::text))::{kind})"

    def _indexed(self, entity: Entity, fields: Sequence[str]) -> list[str]:
        """The columns of the declared search index when it covers the same fields: then in its order."""
        wanted = [field.column for field in entity.fields if field.kind == "scalar" and field.name in fields]
        for index in self._system.table(entity.table).indexes:
            held = [key.column for key in index.keys if key.column is not None]
            if index.search and set(held) == set(wanted):
                return held
        return wanted

    def _function(
        self, entity: Entity, columns: Sequence[str], key: str, kind: str, *, prefix: bool, fuzzy: bool
    ) -> str:
        table = self._system.table(entity.table)
        terms = [search_condition(table, columns, _ROW, "p_words", prefix=prefix, fuzzy=fuzzy)]
        tenant, identity = tenant_column(self._system, entity), self._system.identity
        if tenant and identity and identity.tenant_claim:
            claim = print_sql(claim_setting(self._system, identity.tenant_claim))
            terms.insert(0, f"{column_text(_ROW, tenant)} = {claim}")
        if deleted := deletion_column(entity):
            terms.append(f"{column_text(_ROW, deleted)} is null")
        name = f"app.{quote(_called(entity.table, prefix=prefix, fuzzy=fuzzy))}"
        body = (
            f"select {column_text(_ROW, key)} from {relation(entity)} as {_ROW} where {' and '.join(terms)}"
        )
        sql = (
            f"create or replace function {name}(p_words text) returns {kind} language plpgsql stable parallel restricted "
            f"security definer\nset search_path = pg_catalog, public, pg_temp as $body$\nbegin\n"
            f"{_LIKENESS if fuzzy else ''}"
            f"  return array({body});\nend $body$;"
        )
        self._functions[name] = HelperFunction(name, sql, "(text)")
        return name


def _called(table: str, *, prefix: bool, fuzzy: bool) -> str:
    """Return the name of the function that searches a table in a way."""
    if fuzzy:
        return f"{table[:40]}_search{'_prefix' if prefix else ''}_alike"
    return f"{table[:45]}_search_prefix" if prefix else f"{table[:50]}_search"
