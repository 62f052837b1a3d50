"""What the language does not say, as SQL: the statements that make it, in an order that works."""

from collections.abc import Iterator

from bdc.catalog import Database, Table, create
from bdc.catalog.create import (
    exclusion_def,
    foreign_key_def,
    index_def,
    secure,
    trigger_node,
    unique_def,
)
from bdc.ddl import nodes
from bdc.ddl.names import Name, qualified, quote
from bdc.ddl.printer import constraint_text, print_statement
from bdc.importing.scope import Scope, member_path


def opaque_database(scope: Scope, own: frozenset[str]) -> Database:
    """Return the objects that are no member of an entity and that the language does not say. `own`: paths of domains that are said."""
    database = scope.database
    return database.model_copy(
        update={
            "enums": tuple(each for each in database.enums if each.name not in scope.enums),
            "domains": tuple(
                each for each in database.domains if f"domain {qualified(each.name)}" not in own
            ),
            "sequences": tuple(
                each for each in database.sequences if each.owner not in scope.serials or each.owner is None
            ),
            "tables": tuple(each for each in database.tables if each.name not in scope.entities),
            "others": tuple(
                each for each in database.others if each.table is None or each.table not in scope.entities
            ),
        }
    )


def module_statements(scope: Scope) -> Iterator[str]:
    """Yield everything that belongs to no entity; then foreign keys of entities that only SQL says."""
    for statement in create(opaque_database(scope, frozenset())):
        if not (isinstance(statement, nodes.CreateSchema) and _is_schema_said(scope, statement.name)):
            yield print_statement(statement)
    for enum in scope.database.enums:
        if enum.name in scope.enums and enum.comment is not None:
            yield print_statement(nodes.CommentOn("type", enum.name, enum.comment))
    for name in scope.entities:
        table = scope.table(name)
        for key in table.foreign_keys:
            if key.name not in scope.references[name]:
                yield print_statement(nodes.AddForeignKey(name, foreign_key_def(key), key.valid))
            if key.comment is not None:
                yield print_statement(nodes.CommentOn("constraint", name, key.comment, key.name))


def _is_schema_said(scope: Scope, schema: str) -> bool:
    return any(name.schema == schema for name in (*scope.entities, *scope.enums))


def entity_statements(scope: Scope, table: Table) -> Iterator[str]:
    """Yield what of a table its entity does not say, but for foreign keys."""
    for statement in _nodes(scope, table):
        yield print_statement(statement)


def _nodes(scope: Scope, table: Table) -> Iterator[nodes.Statement]:
    name = table.name
    yield from _defaults(scope, table)
    for key in table.uniques:
        if not scope.is_said(member_path(name, "unique", key.name)) or key.comment is not None:
            yield _constraint(name, unique_def(key))
    for check in table.checks:
        path = member_path(name, "check", check.name)
        if not scope.is_said(path) or not check.valid or check.comment is not None or check.no_inherit:
            made = nodes.CheckDef(check.name, check.condition, check.no_inherit)
            yield nodes.AddCheck(name, made, check.valid)
    for exclusion in table.exclusions:
        if not scope.is_said(member_path(name, "exclusion", exclusion.name)) or exclusion.comment is not None:
            yield _constraint(name, exclusion_def(exclusion))
    for index in table.indexes:
        path = member_path(name, "index", index.name)
        if not scope.is_said(path) or not index.valid or index.comment is not None:
            yield index_def(name, index)
    yield from _comments(scope, table)
    yield from secure(table)
    for trigger in table.triggers:
        yield trigger_node(name, trigger)
        if trigger.comment is not None:
            yield nodes.CommentOn("trigger", name, trigger.comment, trigger.name)
    for other in scope.database.others:
        if other.table == name:
            yield nodes.Object(other.kind, other.key, other.definition, other.drop, other.table)


def _defaults(scope: Scope, table: Table) -> Iterator[nodes.Statement]:
    for column in table.columns:
        path = member_path(table.name, "column", column.name)
        if column.default is not None and not scope.is_said(f"{path}, default in sql"):
            text = f"alter table {qualified(table.name)} alter column {quote(column.name)} set default {column.default}"
            yield nodes.Object("default", path, text, None, table.name)


def _constraint(table: Name, made: nodes.Constraint) -> nodes.Object:
    text = f"alter table {qualified(table)} add {constraint_text(made)}"
    return nodes.Object("constraint", made.name, text, None, table)


def _comments(scope: Scope, table: Table) -> Iterator[nodes.Statement]:
    name = table.name
    if table.comment is not None and not scope.is_said(f"table {qualified(name)}, comment"):
        yield nodes.CommentOn("table", name, table.comment)
    for column in table.columns:
        path = f"{member_path(name, 'column', column.name)}, comment"
        if column.comment is not None and not scope.is_said(path):
            yield nodes.CommentOn("column", name, column.comment, column.name)
    keys = (table.primary_key,) if table.primary_key is not None else ()
    for member in (*keys, *table.uniques, *table.checks, *table.exclusions):
        if member.comment is not None:
            yield nodes.CommentOn("constraint", name, member.comment, member.name)
    for index in table.indexes:
        if index.comment is not None:
            yield nodes.CommentOn("index", Name(index.name, name.schema), index.comment)
