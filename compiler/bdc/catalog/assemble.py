"""Statements that make a database → the database they make."""

from collections.abc import Callable, Iterable
from typing import Any

from bdc.catalog import objects, tables
from bdc.catalog.builder import Builder
from bdc.ddl import nodes
from bdc.ddl.names import Name
from bdc.ddl.printer import print_statement


def assemble(statements: Iterable[nodes.Statement]) -> objects.Database:
    """Return the database that `statements` make, in their order, from nothing. What no object stands behind (scripts, headings)
    leaves no trace. Raises KeyError when a statement speaks of a table that none before it made."""
    builder = Builder()
    for statement in statements:
        put(builder, statement)
    return builder.database()


def put(builder: Builder, statement: nodes.Statement) -> None:
    """Put what one statement makes. Raises KeyError when it speaks of a table that is not there."""
    found = _PUT.get(type(statement))
    if found is not None:
        found(builder, statement)


def _table(builder: Builder, node: nodes.CreateTable) -> None:
    builder.add_table(
        tables.Table(
            name=node.name,
            columns=tuple(_column(found) for found in node.columns),
            unlogged=node.unlogged,
            partition_by=node.partition_by,
            options=node.options,
        )
    )
    for constraint in node.constraints:
        add_constraint(builder, node.name, constraint)


def _column(node: nodes.ColumnDef) -> tables.Column:
    return tables.Column(
        name=node.name,
        type=node.type,
        not_null=node.not_null or node.identity is not None,
        default=node.default,
        identity=node.identity,
        numbering=node.numbering,
        generated=node.generated,
        virtual=node.virtual,
        collation=node.collation,
    )


def add_constraint(builder: Builder, table: Name, found: nodes.Constraint) -> None:
    """Put a constraint on a table that is there. Raises KeyError where it is not."""
    match found:
        case nodes.PrimaryKeyDef():
            builder.set(table, primary_key=_key(found))
            builder.require(table, found.columns)
        case nodes.UniqueDef():
            builder.append(
                table,
                "uniques",
                _key(found).model_copy(update={"nulls_not_distinct": found.nulls_not_distinct}),
            )
        case nodes.CheckDef(name, condition, no_inherit):
            builder.append(
                table, "checks", tables.Check(name=name, condition=condition, no_inherit=no_inherit)
            )
        case nodes.ExclusionDef():
            builder.append(table, "exclusions", _exclusion(found))


def _key(node: nodes.PrimaryKeyDef | nodes.UniqueDef) -> tables.Key:
    return tables.Key(
        name=node.name,
        columns=node.columns,
        include=node.include,
        deferrable=node.deferrable,
        deferred=node.deferred,
    )


def _exclusion(node: nodes.ExclusionDef) -> tables.Exclusion:
    return tables.Exclusion(
        name=node.name,
        method=node.method,
        elements=tuple((_index_key(part), operator) for part, operator in node.elements),
        where=node.where,
        deferrable=node.deferrable,
        deferred=node.deferred,
    )


def _index_key(part: nodes.IndexPart) -> tables.IndexKey:
    return tables.IndexKey(
        column=part.column,
        expression=part.expression,
        descending=part.descending,
        nulls_first=part.nulls_first,
        operator_class=part.operator_class,
        collation=part.collation,
    )


def _partition(builder: Builder, node: nodes.CreatePartition) -> None:
    parent = builder.table(node.parent)
    builder.add_table(
        tables.Table(
            name=node.name,
            parent=node.parent,
            bound=node.bound,
            partition_by=node.partition_by,
            columns=parent.columns,
            options=node.options,
        )
    )


def _foreign_key(builder: Builder, node: nodes.AddForeignKey) -> None:
    key = node.key
    builder.append(
        node.table,
        "foreign_keys",
        tables.ForeignKey(
            name=key.name,
            columns=key.columns,
            target=key.target,
            target_columns=key.target_columns,
            on_delete=key.on_delete,
            set_null_columns=key.set_null_columns,
            on_update=key.on_update,
            match_full=key.match_full,
            deferrable=key.deferrable,
            deferred=key.deferred,
            valid=node.valid,
        ),
    )


def _check(builder: Builder, node: nodes.AddCheck) -> None:
    found = node.check
    builder.append(
        node.table,
        "checks",
        tables.Check(
            name=found.name, condition=found.condition, no_inherit=found.no_inherit, valid=node.valid
        ),
    )


def _index(builder: Builder, node: nodes.CreateIndex) -> None:
    index = tables.Index(
        name=node.name,
        keys=tuple(_index_key(part) for part in node.parts),
        unique=node.unique,
        method=node.method,
        include=node.include,
        where=node.where,
        nulls_not_distinct=node.nulls_not_distinct,
        options=node.options,
    )
    builder.append_anywhere(node.table, "indexes", index)


def _policy(builder: Builder, node: nodes.CreatePolicy) -> None:
    policy = tables.Policy(
        name=node.name,
        command=node.command,
        roles=node.roles,
        restrictive=node.restrictive,
        using=node.using,
        check=node.check,
    )
    builder.append(node.table, "policies", policy)


def _trigger(builder: Builder, node: nodes.CreateTrigger) -> None:
    trigger = tables.Trigger(name=node.name, definition=print_statement(node), function=node.function)
    builder.append_anywhere(node.table, "triggers", trigger)


def _trigger_text(builder: Builder, node: nodes.CreateTriggerText) -> None:
    trigger = tables.Trigger(
        name=node.name, definition=node.sql, function=node.function, enabled=node.enabled
    )
    builder.append_anywhere(node.table, "triggers", trigger)


def _function(builder: Builder, node: nodes.CreateFunction) -> None:
    builder.routines.append(
        objects.Routine(
            name=node.name,
            signature=f"({_types(node.parameters)})",
            definition=print_statement(node),
        )
    )


def _types(parameters: str) -> str:
    """`hash bytea, n int` → `bytea, int`: every parameter of ours has a name."""
    return ", ".join(part.strip().partition(" ")[2] for part in parameters.split(",") if part.strip())


def _routine(builder: Builder, node: nodes.CreateRoutine) -> None:
    builder.routines.append(
        objects.Routine(
            name=node.name, signature=node.signature, definition=print_statement(node), kind=node.kind
        )
    )


def _view(builder: Builder, node: nodes.CreateView) -> None:
    builder.views[node.name] = objects.View(
        name=node.name, query=node.query, materialized=node.materialized, options=node.options
    )


def _row_security(builder: Builder, node: nodes.EnableRowSecurity) -> None:
    builder.set(node.table, row_security=node.enabled, force_row_security=node.force)


def _domain(builder: Builder, node: nodes.CreateDomain) -> None:
    checks = tuple(tables.Check(name=check.name, condition=check.condition) for check in node.checks)
    builder.domains.append(
        objects.Domain(
            name=node.name,
            type=node.type,
            not_null=node.not_null,
            default=node.default,
            checks=checks,
            collation=node.collation,
        )
    )


def _other(builder: Builder, node: nodes.Object) -> None:
    builder.others.append(
        objects.OtherObject(
            kind=node.kind, key=node.key, definition=print_statement(node), drop=node.drop, table=node.table
        )
    )


_PUT: dict[type, Callable[[Builder, Any], None]] = {
    nodes.CreateSchema: lambda builder, node: builder.schemas.append(objects.Schema(name=node.name)),
    nodes.CreateExtension: lambda builder, node: builder.extensions.append(
        objects.Extension(name=node.name, schema_name=node.schema)
    ),
    nodes.CreateEnum: lambda builder, node: builder.enums.append(
        objects.EnumType(name=node.name, labels=node.labels)
    ),
    nodes.CreateDomain: _domain,
    nodes.CreateSequence: lambda builder, node: builder.sequences.append(
        objects.Sequence(name=node.name, type=node.type, options=node.options)
    ),
    nodes.OwnSequence: lambda builder, node: builder.own(node.sequence, node.table, node.column),
    nodes.CreateTable: _table,
    nodes.CreatePartition: _partition,
    nodes.AddForeignKey: _foreign_key,
    nodes.AddCheck: _check,
    nodes.CreateIndex: _index,
    nodes.EnableRowSecurity: _row_security,
    nodes.CreatePolicy: _policy,
    nodes.CreateFunction: _function,
    nodes.CreateRoutine: _routine,
    nodes.CreateView: _view,
    nodes.CreateTrigger: _trigger,
    nodes.CreateTriggerText: _trigger_text,
    nodes.Grant: lambda builder, node: builder.grant(node),
    nodes.CommentOn: lambda builder, node: builder.comment(node),
    nodes.Object: _other,
}
