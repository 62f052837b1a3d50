"""What the language does not say, as SQL: the statements that make it, in an order that works."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import Database, Table, create
from bdc.catalog.create import (
    exclusion_def,
    foreign_key_def,
    index_def,
    secure,
    trigger_node,
    unique_def,
)
from bdc.catalog.own_columns import own_columns
from bdc.ddl import nodes
from bdc.ddl.names import Name, qualified, quote
from bdc.ddl.printer import constraint_text, print_statement
from bdc.importing.scope import Scope, member_path, routine_path


def opaque_database(scope: Scope) -> Database:
    """Return the objects that are no member of an entity and that the language does not say."""
    database = scope.database
    said = _said_tables(scope)
    return database.model_copy(
        update={
            "enums": tuple(each for each in database.enums if each.name not in scope.enums),
            "domains": tuple(each for each in database.domains if each.name not in scope.domains),
            "sequences": tuple(
                each for each in database.sequences if each.owner not in scope.serials or each.owner is None
            ),
            "tables": tuple(each for each in database.tables if each.name not in said),
            "others": tuple(each for each in database.others if each.table is None or each.table not in said),
        }
    )


def _said_tables(scope: Scope) -> frozenset[Name]:
    """Tables that are entities, and partitions that are parts of one."""
    return frozenset([*scope.entities, *(part.name for part in scope.said_parts)])


def module_statements(scope: Scope) -> Iterator[tuple[str | None, str]]:
    """Yield everything that belongs to no entity; then foreign keys of entities that only SQL says. Of routines, with their paths."""
    for statement in create(opaque_database(scope)):
        if not (isinstance(statement, nodes.CreateSchema) and _is_schema_said(scope, statement.name)):
            yield _path(statement), print_statement(statement)
    yield from ((None, print_statement(each)) for each in _of_said(scope))


def _path(statement: nodes.Statement) -> str | None:
    if isinstance(statement, nodes.CreateRoutine):
        return routine_path(statement.name, statement.signature)
    return None


def _of_said(scope: Scope) -> Iterator[nodes.Statement]:
    for enum in scope.database.enums:
        if enum.name in scope.enums and enum.comment is not None:
            yield nodes.CommentOn("type", enum.name, enum.comment)
    for other in scope.database.others:
        if other.refers and other.table in _said_tables(scope):
            yield nodes.Object(other.kind, other.key, other.definition, other.drop, other.table)
    for table in (*map(scope.table, scope.entities), *scope.said_parts):
        for key in table.foreign_keys:
            if key.name not in scope.references.get(table.name, {}):
                yield nodes.AddForeignKey(table.name, foreign_key_def(key), key.valid)
            if key.comment is not None:
                yield nodes.CommentOn("constraint", table.name, key.comment, key.name)


def _is_schema_said(scope: Scope, schema: str) -> bool:
    return any(name.schema == schema for name in (*scope.entities, *scope.enums, *scope.domains))


def entity_statements(scope: Scope, table: Table) -> Iterator[str]:
    """Yield what of a table its entity, or of a partition the line that says it, leaves unsaid, but for foreign keys."""
    for statement in _nodes(scope, table):
        yield print_statement(statement)


def _nodes(scope: Scope, table: Table) -> Iterator[nodes.Statement]:
    name = table.name
    if name in scope.entities:
        yield from _defaults(scope, table)
    else:
        yield from _storage(table)
        yield from own_columns(table, scope.table(table.parent) if table.parent is not None else None)
    for key in table.uniques:
        if not _is_said(scope, name, "unique", key.name) or key.comment is not None:
            yield _constraint(name, unique_def(key))
    for check in table.checks:
        said = _is_said(scope, name, "check", check.name)
        if not said or not check.valid or check.comment is not None or check.no_inherit:
            made = nodes.CheckDef(check.name, check.condition, check.no_inherit)
            yield nodes.AddCheck(name, made, check.valid)
    for exclusion in table.exclusions:
        if not _is_said(scope, name, "exclusion", exclusion.name) or exclusion.comment is not None:
            yield _constraint(name, exclusion_def(exclusion))
    for index in table.indexes:
        said = _is_said(scope, name, "index", index.name)
        if not said or not index.valid or index.comment is not None:
            # Over a partitioned table, what waits for indexes of the partitions is no valid one.
            yield replace(index_def(name, index), only=table.partition_by is not None and not index.valid)
    yield from _comments(scope, table)
    yield from secure(table)
    for trigger in table.triggers:
        yield trigger_node(name, trigger)
        if trigger.comment is not None:
            yield nodes.CommentOn("trigger", name, trigger.comment, trigger.name)
    for other in scope.database.others:
        if other.table == name and not other.refers:
            yield nodes.Object(other.kind, other.key, other.definition, other.drop, other.table)


def _is_said(scope: Scope, table: Name, kind: str, name: str) -> bool:
    """Whether a member stands in the entity; a partition's own stand nowhere."""
    return table in scope.entities and scope.is_said(member_path(table, kind, name))


def _defaults(scope: Scope, table: Table) -> Iterator[nodes.Statement]:
    for column in table.columns:
        path = member_path(table.name, "column", column.name)
        if column.default is not None and not scope.is_said(f"{path}, default in sql"):
            text = f"alter table {qualified(table.name)} alter column {quote(column.name)} set default {column.default}"
            yield nodes.Object("default", path, text, None, table.name)


def _storage(part: Table) -> Iterator[nodes.Statement]:
    """How a partition is kept, where that is not PostgreSQL's own way."""
    target = qualified(part.name)
    if part.unlogged:
        yield nodes.Object("storage", target, f"alter table {target} set unlogged", None, part.name)


def _constraint(table: Name, made: nodes.Constraint) -> nodes.Object:
    text = f"alter table {qualified(table)} add {constraint_text(made)}"
    return nodes.Object("constraint", made.name, text, None, table)


def _comments(scope: Scope, table: Table) -> Iterator[nodes.Statement]:
    name = table.name
    if table.comment is not None and not scope.is_said(f"table {qualified(name)}, comment"):
        yield nodes.CommentOn("table", name, table.comment)
    for column in table.columns:
        path = f"{member_path(name, 'column', column.name)}, comment"
        if column.comment is not None and (table.parent is not None or not scope.is_said(path)):
            yield nodes.CommentOn("column", name, column.comment, column.name)
    keys = (table.primary_key,) if table.primary_key is not None else ()
    for member in (*keys, *table.uniques, *table.checks, *table.exclusions):
        if member.comment is not None:
            yield nodes.CommentOn("constraint", name, member.comment, member.name)
    for index in table.indexes:
        if index.comment is not None:
            yield nodes.CommentOn("index", Name(index.name, name.schema), index.comment)
