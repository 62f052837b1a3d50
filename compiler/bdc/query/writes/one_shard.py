"""Whether the statements of a function name the tenant wherever they look at a table of tenants: then Citus sends each to one server."""

from collections.abc import Iterable, Iterator, Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import ParseError

from bdc.ir import SystemIR
from bdc.query.trees import print_sql
from bdc.query.writes.plpgsql import Assign, ForEach, Guarded, Run, Statement, When


def unplaced(system: SystemIR, statements: Iterable[Statement], tenant: str) -> tuple[str, ...]:
    """Return the names of tables that some statement looks at without `tenant`, the parameter that has it."""
    columns = tenant_columns(system)
    texts = (
        print_sql(tree) if _is_statement(tree) else f"select {print_sql(tree)}" for tree in _trees(statements)
    )
    return tuple(dict.fromkeys(found for text in texts for found in looks_without(text, columns, tenant)))


def tenant_columns(system: SystemIR) -> dict[str, str]:
    """Return the tables of tenants, each with the column that has the tenant."""
    return {
        table.name: table.tenant_column
        for table in system.tables
        if table.tenant_column is not None and not system.entity(table.entity).tenant_root
    }


def looks_without(sql: str, columns: Mapping[str, str], tenant: str) -> Iterator[str]:
    """Yield each of the tables that a statement looks at without comparing its column with `tenant` in the same query."""
    try:
        trees = sqlglot.parse(sql, dialect="postgres")
    except ParseError:  # rows that are numbered: these are reported for that
        return
    for tree in trees:
        for table in tree.find_all(exp.Table) if tree is not None else ():
            around = table.find_ancestor(exp.Select, exp.Update, exp.Delete, exp.Insert)
            column = columns.get(table.name)
            if column is None or table.db or around is None or isinstance(around, exp.Insert):
                continue
            if not any(
                _is_tenant(each, table.alias_or_name, column, tenant) for each in around.find_all(exp.EQ)
            ):
                yield table.name


def _is_tenant(equality: exp.EQ, alias: str, column: str, tenant: str) -> bool:
    left, right = equality.this, equality.expression
    return (
        isinstance(left, exp.Column)
        and (left.name, left.table) == (column, alias)
        and any(found.name == tenant for found in right.find_all(exp.Column))
    )


def _is_statement(tree: exp.Expression) -> bool:
    return isinstance(tree, exp.Select | exp.Insert | exp.Update | exp.Delete)


def _trees(statements: Iterable[Statement]) -> Iterator[exp.Expression]:
    for each in statements:
        match each:
            case Run(query, _):
                yield query
            case Assign(_, value):
                yield value
            case When(condition, then, otherwise):
                yield condition
                yield from _trees((*then, *otherwise))
            case ForEach(_, query, body):
                yield query
                yield from _trees(body)
            case Guarded(body, refused):
                yield from _trees((*body, *refused))
