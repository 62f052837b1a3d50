"""DDL nodes → SQL text. The one place that quotes names and literals of definitions."""

from collections.abc import Callable, Iterable
from typing import Any

from bdc.query.names import quote
from bdc_emitters.postgres.ddl import (
    AddForeignKey,
    CheckDef,
    ColumnDef,
    CommentOn,
    Constraint,
    CreateFunction,
    CreateIndex,
    CreatePolicy,
    CreateSchema,
    CreateTable,
    CreateTrigger,
    DropSchema,
    DropTable,
    EnableRowSecurity,
    ForeignKeyDef,
    Grant,
    IndexPart,
    Name,
    PrimaryKeyDef,
    Privilege,
    Script,
    Section,
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


def qualified(name: Name) -> str:
    return f"{quote(name.schema)}.{quote(name.name)}" if name.schema else quote(name.name)


def name_list(names: Iterable[str]) -> str:
    return ", ".join(quote(name) for name in names)


def _schema(node: CreateSchema) -> str:
    return f"create schema {quote(node.name)};"


def _table(node: CreateTable) -> str:
    lines = [_column(column) for column in node.columns] + [_constraint(found) for found in node.constraints]
    return f"create table {qualified(node.name)} (\n  " + ",\n  ".join(lines) + "\n);"


def _column(node: ColumnDef) -> str:
    default = f" default {node.default}" if node.default is not None else ""
    return f"{quote(node.name)} {node.type}{default}{' not null' if node.not_null else ''}"


def _constraint(node: Constraint) -> str:
    match node:
        case PrimaryKeyDef(name, columns):
            return f"constraint {quote(name)} primary key ({name_list(columns)})"
        case UniqueDef(name, columns):
            return f"constraint {quote(name)} unique ({name_list(columns)})"
        case CheckDef(name, condition):
            return f"constraint {quote(name)} check ({condition})"


def _foreign_key(node: AddForeignKey) -> str:
    return f"alter table {qualified(node.table)}\n  add {_reference(node.key)};"


def _reference(key: ForeignKeyDef) -> str:
    cleared = f" ({name_list(key.set_null_columns)})" if key.set_null_columns else ""
    action = "" if key.on_delete == "no action" else f"\n  on delete {key.on_delete}{cleared}"
    return (
        f"constraint {quote(key.name)} foreign key ({name_list(key.columns)})\n"
        f"  references {qualified(key.target)} ({name_list(key.target_columns)}){action}"
    )


def _index(node: CreateIndex) -> str:
    method = "" if node.method == "btree" else f" using {node.method}"
    where = f"\n  where {node.where}" if node.where else ""
    parts = ", ".join(_index_part(part) for part in node.parts)
    unique = "unique " if node.unique else ""
    return f"create {unique}index {quote(node.name)} on {qualified(node.table)}{method} ({parts}){where};"


def _index_part(part: IndexPart) -> str:
    key = quote(part.column) if part.column is not None else f"({part.expression})"
    return f"{key} desc" if part.descending else key


def _row_security(node: EnableRowSecurity) -> str:
    name = qualified(node.table)
    return f"alter table {name} enable row level security;\nalter table {name} force row level security;"


def _policy(node: CreatePolicy) -> str:
    lines = [
        f"create policy {quote(node.name)} on {qualified(node.table)}",
        f"  as {'restrictive' if node.restrictive else 'permissive'} for {node.command} to {name_list(node.roles)}",
    ]
    if node.using is not None:
        lines.append(f"  using ({node.using})")
    if node.check is not None:
        lines.append(f"  with check ({node.check})")
    return "\n".join(lines) + ";"


def _function(node: CreateFunction) -> str:
    traits = [f"language {node.language}", node.volatility]
    if node.definer:
        traits.append("security definer")
    return (
        f"create function {qualified(node.name)}({node.parameters}) returns {node.returns}\n"
        f"{' '.join(traits)}\nset search_path = {node.search_path}\nas $$\n{node.body.strip()}\n$$;"
    )


def _trigger(node: CreateTrigger) -> str:
    arguments = ", ".join(literal(argument) for argument in node.arguments)
    when = f"\n  when ({node.when})" if node.when else ""
    return (
        f"create trigger {quote(node.name)}\n"
        f"  {node.timing} {node.events} on {qualified(node.table)}\n"
        f"  for each {'row' if node.per_row else 'statement'}{when}\n"
        f"  execute function {qualified(node.function)}({arguments});"
    )


def _grant(node: Grant) -> str:
    privileges = ", ".join(_privilege(privilege) for privilege in node.privileges)
    signature = f"({node.signature})" if node.signature is not None else ""
    return (
        f"grant {privileges} on {node.kind} {qualified(node.target)}{signature} to {name_list(node.roles)};"
    )


def _privilege(node: Privilege) -> str:
    return f"{node.name} ({name_list(node.columns)})" if node.columns else node.name


def _comment(node: CommentOn) -> str:
    column = f".{quote(node.column)}" if node.column is not None else ""
    return f"comment on {node.kind} {qualified(node.target)}{column} is {literal(node.text)};"


def _section(node: Section) -> str:
    return f"-- {node.title}"


_PRINT: dict[type, Callable[[Any], str]] = {
    CreateSchema: _schema,
    CreateTable: _table,
    AddForeignKey: _foreign_key,
    CreateIndex: _index,
    EnableRowSecurity: _row_security,
    CreatePolicy: _policy,
    CreateFunction: _function,
    CreateTrigger: _trigger,
    Grant: _grant,
    CommentOn: _comment,
    DropTable: lambda node: f"drop table {qualified(node.name)} cascade;",
    DropSchema: lambda node: f"drop schema {quote(node.name)} cascade;",
    Script: lambda node: node.sql.strip(),
    Section: _section,
}
