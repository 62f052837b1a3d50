"""A database → the statements that make it from nothing."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from bdc.catalog import objects, tables
from bdc.ddl import nodes
from bdc.ddl.names import Name


def create(database: objects.Database) -> Iterator[nodes.Statement]:
    """Yield what makes every object, in an order that works with `check_function_bodies = off`: routines come before tables, since
    defaults and checks call them, except for those whose signature names a table's row."""
    for schema in database.schemas:
        if schema.name != "public":
            yield nodes.CreateSchema(schema.name)
        yield from _grants("schema", Name(schema.name), schema.rights)
    for extension in database.extensions:
        yield nodes.CreateExtension(extension.name, extension.schema_name)
    yield from _types(database)
    for sequence in database.sequences:
        yield nodes.CreateSequence(sequence.name, sequence.type, sequence.options)
        yield from _grants("sequence", sequence.name, sequence.rights)
    rows = {table.name.name for table in database.tables}
    late = [routine for routine in database.routines if _names_a_row(routine, rows)]
    for routine in database.routines:
        if routine not in late:
            yield from _routine(routine)
    for table in database.tables:
        yield from create_table(table)
    for sequence in database.sequences:
        if sequence.owner is not None:
            yield nodes.OwnSequence(sequence.name, *sequence.owner)
    for routine in late:
        yield from _routine(routine)
    for view in database.views:
        yield from create_view(view)
    for table in database.tables:
        for key in table.foreign_keys:
            yield nodes.AddForeignKey(table.name, foreign_key_def(key), key.valid)
        yield from secure(table)
        for trigger in table.triggers:
            yield trigger_node(table.name, trigger)
    for other in database.others:
        yield nodes.Object(other.kind, other.key, other.definition, other.drop, other.table)
    for comment in database.comments:
        yield nodes.CommentOn(comment.kind, comment.target, comment.text, comment.part)


def _types(database: objects.Database) -> Iterator[nodes.Statement]:
    for enum in database.enums:
        yield nodes.CreateEnum(enum.name, enum.labels)
        yield from _comment("type", enum.name, enum.comment)
    for domain in database.domains:
        checks = tuple(nodes.CheckDef(check.name, check.condition) for check in domain.checks)
        yield nodes.CreateDomain(
            domain.name, domain.type, domain.not_null, domain.default, checks, domain.collation
        )
        yield from _comment("domain", domain.name, domain.comment)


def _names_a_row(routine: objects.Routine, rows: set[str]) -> bool:
    head = routine.definition.partition("$")[0].replace('"', "")
    return any(f" {name})" in head or f" {name}\n" in head or f" {name}," in head for name in rows)


def _routine(routine: objects.Routine) -> Iterator[nodes.Statement]:
    yield nodes.CreateRoutine(routine.name, routine.signature, routine.definition, routine.kind)
    yield from _grants("function", routine.name, routine.rights, routine.signature.strip("()"))


def create_table(table: tables.Table) -> Iterator[nodes.Statement]:
    """Yield the table with its own constraints, indexes and comments: all that needs no other table."""
    if table.parent is not None and table.bound is not None:
        yield nodes.CreatePartition(table.name, table.parent, table.bound, table.partition_by)
    else:
        yield nodes.CreateTable(
            table.name,
            tuple(column_def(column) for column in table.columns),
            tuple(constraint_defs(table)),
            table.unlogged,
            table.partition_by,
            table.options,
        )
    for index in table.indexes:
        yield index_def(table.name, index)
    yield from _comment("table", table.name, table.comment)
    for column in table.columns:
        if column.comment is not None and table.parent is None:
            yield nodes.CommentOn("column", table.name, column.comment, column.name)
    yield from _member_comments(table)


def _member_comments(table: tables.Table) -> Iterator[nodes.Statement]:
    keys = [table.primary_key] if table.primary_key is not None else []
    members: list[tables.Key | tables.Check | tables.Exclusion] = [
        *keys,
        *table.uniques,
        *table.checks,
        *table.exclusions,
    ]
    for member in members:
        if member.comment is not None:
            yield nodes.CommentOn("constraint", table.name, member.comment, member.name)
    for index in table.indexes:
        yield from _comment("index", Name(index.name, table.name.schema), index.comment)


def create_view(view: objects.View) -> Iterator[nodes.Statement]:
    yield nodes.CreateView(view.name, view.query, view.materialized, view.options)
    for index in view.indexes:
        yield index_def(view.name, index)
    for trigger in view.triggers:
        yield trigger_node(view.name, trigger)
    yield from _comment("materialized view" if view.materialized else "view", view.name, view.comment)
    for column, text in view.column_comments:
        yield nodes.CommentOn("column", view.name, text, column)
    yield from _grants("table", view.name, view.rights)


def secure(table: tables.Table) -> Iterator[nodes.Statement]:
    """Yield row level security, policies and rights of a table."""
    if table.row_security:
        yield nodes.EnableRowSecurity(table.name, table.force_row_security)
    for policy in table.policies:
        yield policy_node(table.name, policy)
    yield from _grants("table", table.name, table.rights)


def trigger_node(table: Name, trigger: tables.Trigger) -> nodes.CreateTriggerText:
    return nodes.CreateTriggerText(trigger.name, table, trigger.definition, trigger.function, trigger.enabled)


def policy_node(table: Name, policy: tables.Policy) -> nodes.CreatePolicy:
    return nodes.CreatePolicy(
        policy.name, table, policy.command, policy.roles, policy.restrictive, policy.using, policy.check
    )


def column_def(column: tables.Column) -> nodes.ColumnDef:
    return nodes.ColumnDef(
        column.name,
        column.type,
        column.not_null,
        column.default,
        column.identity,
        column.generated,
        column.virtual,
        column.collation,
    )


def constraint_defs(table: tables.Table) -> Iterator[nodes.Constraint]:
    if table.primary_key is not None:
        key = table.primary_key
        yield nodes.PrimaryKeyDef(key.name, key.columns, key.include, key.deferrable, key.deferred)
    for key in table.uniques:
        yield unique_def(key)
    for check in table.checks:
        yield nodes.CheckDef(check.name, check.condition, check.no_inherit)
    for found in table.exclusions:
        yield exclusion_def(found)


def unique_def(key: tables.Key) -> nodes.UniqueDef:
    return nodes.UniqueDef(
        key.name, key.columns, key.include, key.nulls_not_distinct, key.deferrable, key.deferred
    )


def exclusion_def(found: tables.Exclusion) -> nodes.ExclusionDef:
    elements = tuple((_part(key), operator) for key, operator in found.elements)
    return nodes.ExclusionDef(
        found.name, found.method, elements, found.where, found.deferrable, found.deferred
    )


def foreign_key_def(key: tables.ForeignKey) -> nodes.ForeignKeyDef:
    return nodes.ForeignKeyDef(
        key.name,
        key.columns,
        key.target,
        key.target_columns,
        key.on_delete,
        key.set_null_columns,
        key.on_update,
        key.match_full,
        key.deferrable,
        key.deferred,
    )


def index_def(table: Name, index: tables.Index, *, concurrently: bool = False) -> nodes.CreateIndex:
    return nodes.CreateIndex(
        index.name,
        table,
        tuple(_part(key) for key in index.keys),
        index.method,
        index.unique,
        index.where,
        index.include,
        index.nulls_not_distinct,
        index.options,
        concurrently,
    )


def _part(key: tables.IndexKey) -> nodes.IndexPart:
    return nodes.IndexPart(
        key.column, key.descending, key.expression, key.operator_class, key.collation, key.nulls_first
    )


def _grants(
    kind: str, target: Name, rights: Iterable[tables.Right], signature: str | None = None
) -> Iterator[nodes.Grant]:
    for role, mine in groupby(rights, key=lambda right: right.role):
        privileges = tuple(
            nodes.Privilege(right.privilege, (right.column,) if right.column is not None else ())
            for right in mine
        )
        yield nodes.Grant(privileges, kind, target, (role,), signature)


def _comment(kind: str, target: Name, text: str | None) -> Iterator[nodes.CommentOn]:
    if text is not None:
        yield nodes.CommentOn(kind, target, text)
