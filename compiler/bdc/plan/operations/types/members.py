"""Constraints and indexes of a table that stand on certain columns: how they go, and how they come back."""

from collections.abc import Iterable, Iterator

from bdc.catalog import Check, Exclusion, Index, Key, Table
from bdc.catalog.create import exclusion_def, index_def
from bdc.ddl.names import Name, full, quote
from bdc.ddl.nodes import CheckDef, CommentOn
from bdc.ddl.printer import constraint_text, print_statement
from bdc.plan.making import alter
from bdc.plan.operations.keys.key_texts import whole_text
from bdc.plan.operations.rights.rights import grant_texts, on_table
from bdc.plan.sql_identifiers import speaks_of
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Members:
    primary_key: Key | None
    uniques: tuple[Key, ...]
    checks: tuple[Check, ...]
    exclusions: tuple[Exclusion, ...]
    indexes: tuple[Index, ...]


def members_on(table: Table, columns: Iterable[str]) -> Members:
    """Return those that stand on one of `columns`; references are not among them."""
    names = frozenset(columns)
    key = table.primary_key
    return Members(
        primary_key=key if key is not None and _keyed(key, names) else None,
        uniques=tuple(each for each in table.uniques if _keyed(each, names)),
        checks=tuple(each for each in table.checks if speaks_of(each.condition, names)),
        exclusions=tuple(each for each in table.exclusions if exclusion_uses(each, names)),
        indexes=tuple(each for each in table.indexes if index_uses(each, names)),
    )


def stands_on(member: object, names: frozenset[str]) -> bool:
    """Whether a member of a table, of whatever kind, stands on one of the columns."""
    match member:
        case Key():
            return _keyed(member, names)
        case Check(condition=condition):
            return speaks_of(condition, names)
        case Exclusion():
            return exclusion_uses(member, names)
        case Index():
            return index_uses(member, names)
    return False


def _keyed(key: Key, names: frozenset[str]) -> bool:
    return bool(names & {*key.columns, *key.include})


def index_uses(index: Index, names: frozenset[str]) -> bool:
    columns = {part.column for part in index.keys} | set(index.include)
    texts = (index.where, *(part.expression for part in index.keys))
    return bool(names & columns) or any(speaks_of(text, names) for text in texts)


def exclusion_uses(found: Exclusion, names: frozenset[str]) -> bool:
    columns = {part.column for part, _ in found.elements}
    texts = (found.where, *(part.expression for part, _ in found.elements))
    return bool(names & columns) or any(speaks_of(text, names) for text in texts)


def drop_texts(table: Name, found: Members) -> list[str]:
    keys = [found.primary_key] if found.primary_key is not None else []
    named = [each.name for group in (found.exclusions, found.checks, found.uniques, keys) for each in group]
    return [
        *(f"drop index {full(Name(index.name, table.schema))};" for index in found.indexes),
        *(alter(table, f"drop constraint {quote(name)}") for name in named),
    ]


def add_texts(table: Name, found: Members) -> list[str]:
    key = found.primary_key
    return [
        *([alter(table, f"add {whole_text(key, 'primary key')}")] if key is not None else []),
        *(alter(table, f"add {whole_text(each, 'unique')}") for each in found.uniques),
        *(
            alter(table, f"add {constraint_text(CheckDef(each.name, each.condition, each.no_inherit))}")
            for each in found.checks
        ),
        *(alter(table, f"add {constraint_text(exclusion_def(each))}") for each in found.exclusions),
        *(print_statement(index_def(table, index)) for index in found.indexes),
    ]


def said_texts(after: Table, columns: Iterable[str], found: Members) -> Iterator[str]:
    """Yield the rights and comments of columns that were made anew, and the comments of what stands on them: they went with them."""
    names = tuple(columns)
    rights = [right for right in after.rights if right.column in names]
    yield from grant_texts(on_table(after.name), rights)
    for name in names:
        if after.column(name).comment is not None:
            yield print_statement(CommentOn("column", after.name, after.column(name).comment, name))
    primary = [found.primary_key] if found.primary_key is not None else []
    constraints = [(each.name, each.comment) for each in (*primary, *found.uniques)]
    constraints += [(each.name, each.comment) for each in found.checks]
    for constrained, comment in constraints:
        if comment is not None:
            yield print_statement(CommentOn("constraint", after.name, comment, constrained))
    for index in found.indexes:
        if index.comment is not None:
            yield print_statement(CommentOn("index", Name(index.name, after.name.schema), index.comment))
