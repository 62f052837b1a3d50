"""DDL nodes → SQL text. The one place that quotes names and literals of definitions."""

from collections.abc import Callable, Iterable
from typing import Any

from bdc.ddl import nodes
from bdc.ddl.names import qualified, quote
from bdc.ddl.nodes import (
    CheckDef,
    ColumnDef,
    Constraint,
    ExclusionDef,
    ForeignKeyDef,
    IndexPart,
    PrimaryKeyDef,
    Privilege,
    Statement,
    UniqueDef,
)


def print_script(statements: Iterable[Statement]) -> str:
    """Return the statements as one script, each with its semicolon, a blank line between."""
    return "\n\n".join(print_statement(statement) for statement in statements) + "\n"


def print_statement(statement: Statement) -> str:
    return _PRINT[type(statement)](statement)


def literal(text: str) -> str:
    """Return a string constant, correct whatever `standard_conforming_strings` says."""
    quoted = "'" + text.replace("'", "''") + "'"
    return "E" + quoted.replace("\\", "\\\\") if "\\" in text else quoted


def name_list(names: Iterable[str]) -> str:
    return ", ".join(quote(name) for name in names)


def _schema(node: nodes.CreateSchema) -> str:
    return f"create schema {quote(node.name)};"


def _extension(node: nodes.CreateExtension) -> str:
    place = f" schema {quote(node.schema)}" if node.schema else ""
    return f"create extension if not exists {quote(node.name)}{place};"


def _enum(node: nodes.CreateEnum) -> str:
    return (
        f"create type {qualified(node.name)} as enum ({', '.join(literal(label) for label in node.labels)});"
    )


def _domain(node: nodes.CreateDomain) -> str:
    lines = [f"create domain {qualified(node.name)} as {node.type}{_collate(node.collation)}"]
    if node.default is not None:
        lines.append(f"  default {node.default}")
    if node.not_null:
        lines.append("  not null")
    lines += [f"  {constraint_text(check)}" for check in node.checks]
    return "\n".join(lines) + ";"


def _sequence(node: nodes.CreateSequence) -> str:
    options = f" {node.options}" if node.options else ""
    return f"create sequence {qualified(node.name)} as {node.type}{options};"


def _own_sequence(node: nodes.OwnSequence) -> str:
    return f"alter sequence {qualified(node.sequence)} owned by {qualified(node.table)}.{quote(node.column)};"


def _table(node: nodes.CreateTable) -> str:
    lines = [column_text(column) for column in node.columns] + [
        constraint_text(found) for found in node.constraints
    ]
    unlogged = "unlogged " if node.unlogged else ""
    by = f" partition by {node.partition_by}" if node.partition_by else ""
    options = f" with ({node.options})" if node.options else ""
    body = "(\n  " + ",\n  ".join(lines) + "\n)" if lines else "()"
    return f"create {unlogged}table {qualified(node.name)} {body}{by}{options};"


def _partition(node: nodes.CreatePartition) -> str:
    by = f" partition by {node.partition_by}" if node.partition_by else ""
    options = f" with ({node.options})" if node.options else ""
    return f"create table {qualified(node.name)} partition of {qualified(node.parent)}\n  {node.bound}{by}{options};"


def column_text(node: ColumnDef) -> str:
    """Return a column as CREATE TABLE and ADD COLUMN spell it."""
    parts = [f"{quote(node.name)} {node.type}{_collate(node.collation)}"]
    if node.default is not None:
        parts.append(f"default {node.default}")
    if node.generated is not None:
        parts.append(f"generated always as ({node.generated}) {'virtual' if node.virtual else 'stored'}")
    if node.identity is not None:
        options = f" ({node.numbering})" if node.numbering else ""
        parts.append(f"generated {node.identity} as identity{options}")
    if node.not_null:
        parts.append("not null")
    return " ".join(parts)


def _collate(name: str | None) -> str:
    return "" if name is None else f" collate {name}"


def constraint_text(node: Constraint) -> str:
    """Return a constraint as CREATE TABLE and ADD spell it."""
    return f"constraint {quote(node.name)} {_constraint(node)}"


def _constraint(node: Constraint) -> str:
    match node:
        case PrimaryKeyDef():
            return f"primary key ({name_list(node.columns)}){_include(node.include)}{_deferral(node)}"
        case UniqueDef():
            nulls = " nulls not distinct" if node.nulls_not_distinct else ""
            return f"unique{nulls} ({name_list(node.columns)}){_include(node.include)}{_deferral(node)}"
        case CheckDef(condition=condition, no_inherit=no_inherit):
            return f"check ({condition})" + (" no inherit" if no_inherit else "")
        case ExclusionDef():
            parts = ", ".join(f"{_index_part(part)} with {operator}" for part, operator in node.elements)
            where = f" where ({node.where})" if node.where else ""
            return f"exclude using {node.method} ({parts}){where}{_deferral(node)}"


def _include(columns: tuple[str, ...]) -> str:
    return f" include ({name_list(columns)})" if columns else ""


def _deferral(node: PrimaryKeyDef | UniqueDef | ExclusionDef | ForeignKeyDef) -> str:
    if not node.deferrable:
        return ""
    return " deferrable initially deferred" if node.deferred else " deferrable"


def _foreign_key(node: nodes.AddForeignKey) -> str:
    valid = "" if node.valid else " not valid"
    return f"alter table {qualified(node.table)}\n  add {_reference(node.key)}{valid};"


def _add_check(node: nodes.AddCheck) -> str:
    valid = "" if node.valid else " not valid"
    return f"alter table {qualified(node.table)}\n  add {constraint_text(node.check)}{valid};"


def _reference(key: ForeignKeyDef) -> str:
    cleared = f" ({name_list(key.set_null_columns)})" if key.set_null_columns else ""
    action = "" if key.on_delete == "no action" else f"\n  on delete {key.on_delete}{cleared}"
    update = "" if key.on_update == "no action" else f"\n  on update {key.on_update}"
    match = " match full" if key.match_full else ""
    return (
        f"constraint {quote(key.name)} foreign key ({name_list(key.columns)})\n"
        f"  references {qualified(key.target)} ({name_list(key.target_columns)}){match}{update}{action}{_deferral(key)}"
    )


def _index(node: nodes.CreateIndex) -> str:
    method = "" if node.method == "btree" else f" using {node.method}"
    where = f"\n  where {node.where}" if node.where else ""
    parts = ", ".join(_index_part(part) for part in node.parts)
    head = "create " + ("unique " if node.unique else "") + "index "
    head += "concurrently " if node.concurrently else ""
    only = "only " if node.only else ""
    nulls = " nulls not distinct" if node.nulls_not_distinct else ""
    options = f" with ({node.options})" if node.options else ""
    return (
        f"{head}{quote(node.name)} on {only}{qualified(node.table)}{method} ({parts})"
        f"{_include(node.include)}{nulls}{options}{where};"
    )


def _index_part(part: IndexPart) -> str:
    key = quote(part.column) if part.column is not None else f"({part.expression})"
    key += _collate(part.collation)
    if part.operator_class:
        key += f" {part.operator_class}"
    if part.descending:
        key += " desc"
    if part.nulls_first is not None:
        key += " nulls first" if part.nulls_first else " nulls last"
    return key


def _row_security(node: nodes.EnableRowSecurity) -> str:
    words = [*(["enable"] if node.enabled else []), *(["force"] if node.force else [])]
    return "\n".join(f"alter table {qualified(node.table)} {word} row level security;" for word in words)


def _policy(node: nodes.CreatePolicy) -> str:
    lines = [
        f"create policy {quote(node.name)} on {qualified(node.table)}",
        f"  as {'restrictive' if node.restrictive else 'permissive'} for {node.command} to {name_list(node.roles)}",
    ]
    if node.using is not None:
        lines.append(f"  using ({node.using})")
    if node.check is not None:
        lines.append(f"  with check ({node.check})")
    return "\n".join(lines) + ";"


def _function(node: nodes.CreateFunction) -> str:
    traits = [f"language {node.language}", node.volatility]
    if node.definer:
        traits.append("security definer")
    return (
        f"create function {qualified(node.name)}({node.parameters}) returns {node.returns}\n"
        f"{' '.join(traits)}\nset search_path = {node.search_path}\nas $$\n{node.body.strip()}\n$$;"
    )


def _trigger(node: nodes.CreateTrigger) -> str:
    arguments = ", ".join(literal(argument) for argument in node.arguments)
    when = f"\n  when ({node.when})" if node.when else ""
    return (
        f"create trigger {quote(node.name)}\n"
        f"  {node.timing} {node.events} on {qualified(node.table)}\n"
        f"  for each {'row' if node.per_row else 'statement'}{when}\n"
        f"  execute function {qualified(node.function)}({arguments});"
    )


_ENABLED = {"disabled": "disable", "always": "enable always", "replica": "enable replica"}


def _trigger_text(node: nodes.CreateTriggerText) -> str:
    text = node.sql.strip().rstrip(";") + ";"
    if node.enabled == "origin":
        return text
    table, name = qualified(node.table), quote(node.name)
    return f"{text}\nalter table {table} {_ENABLED[node.enabled]} trigger {name};"


def _grant(node: nodes.Grant) -> str:
    privileges = ", ".join(_privilege(privilege) for privilege in node.privileges)
    signature = f"({node.signature})" if node.signature is not None else ""
    option = " with grant option" if node.grantable else ""
    return f"grant {privileges} on {node.kind} {qualified(node.target)}{signature} to {name_list(node.roles)}{option};"


def _privilege(node: Privilege) -> str:
    return f"{node.name} ({name_list(node.columns)})" if node.columns else node.name


def _comment(node: nodes.CommentOn) -> str:
    text = "null" if node.text is None else literal(node.text)
    return f"comment on {_commented(node)} is {text};"


def _commented(node: nodes.CommentOn) -> str:
    if node.kind == "column" and node.part is not None:
        return f"column {qualified(node.target)}.{quote(node.part)}"
    if node.part is not None:
        return f"{node.kind} {quote(node.part)} on {qualified(node.target)}"
    signature = f"({node.signature})" if node.signature is not None else ""
    return f"{node.kind} {qualified(node.target)}{signature}"


def _view(node: nodes.CreateView) -> str:
    kind = "materialized view" if node.materialized else "view"
    options = f" with ({node.options})" if node.options else ""
    return f"create {kind} {qualified(node.name)}{options} as\n{node.query.strip().rstrip(';')};"


def _routine(node: nodes.CreateRoutine) -> str:
    return node.sql.strip().rstrip(";") + ";"


def _section(node: nodes.Section) -> str:
    return f"-- {node.title}"


_PRINT: dict[type, Callable[[Any], str]] = {
    nodes.CreateSchema: _schema,
    nodes.CreateExtension: _extension,
    nodes.CreateEnum: _enum,
    nodes.CreateDomain: _domain,
    nodes.CreateSequence: _sequence,
    nodes.OwnSequence: _own_sequence,
    nodes.CreateTable: _table,
    nodes.CreatePartition: _partition,
    nodes.AddForeignKey: _foreign_key,
    nodes.AddCheck: _add_check,
    nodes.CreateIndex: _index,
    nodes.EnableRowSecurity: _row_security,
    nodes.CreatePolicy: _policy,
    nodes.CreateFunction: _function,
    nodes.CreateRoutine: _routine,
    nodes.CreateView: _view,
    nodes.CreateTrigger: _trigger,
    nodes.CreateTriggerText: _trigger_text,
    nodes.Grant: _grant,
    nodes.CommentOn: _comment,
    nodes.Object: lambda node: node.sql.strip().rstrip(";") + ";",
    nodes.DropTable: lambda node: f"drop table {qualified(node.name)} cascade;",
    nodes.DropSchema: lambda node: f"drop schema {quote(node.name)} cascade;",
    nodes.Script: lambda node: node.sql.strip(),
    nodes.Section: _section,
}
