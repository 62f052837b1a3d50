"""A database → the modules of a specification, as lines that know what they say."""

from collections.abc import Iterable, Iterator
from itertools import groupby

from bdc.catalog import Domain, Table
from bdc.ddl.names import Name, qualified
from bdc.importing import columns, keys, partitions
from bdc.importing import leftover_sql as rest
from bdc.importing.names import Unique, field_name, value_name, words
from bdc.importing.scope import Scope, domain_checks, is_unread, table_path
from bdc.importing.text import Line, documentation, quoted, spaced, sql, sql_block, told_block
from bdc.importing.types import FieldType, domain_type, field_type
from bdc.naming.casing import snake
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Module:
    """One file: its name, and its lines before they are formatted."""

    file: str
    lines: tuple[Line, ...]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines) + "\n"

    def about(self, line: int) -> str | None:
        """Return what the line (from 1) says."""
        return self.lines[line - 1].about if 0 < line <= len(self.lines) else None


def specification(scope: Scope, name: str) -> tuple[Module, ...]:
    """Return one module per schema that has entities; what belongs to none is in the first."""
    # Roles are named after it, and PostgreSQL keeps that beginning for its own.
    system = field_name(name).removeprefix("pg_")
    schemas = sorted({each.schema or "" for each in scope.entities}) or [""]
    modules = {schema: _module_name(system, schema, len(schemas)) for schema in schemas}
    made = []
    for number, schema in enumerate(schemas):
        lines = list(_module(scope, schema, modules))
        if number == 0:
            for unread, told in groupby(
                rest.module_statements(scope), lambda each: is_unread(scope, each[0])
            ):
                lines += [Line(""), *told_block(told, unread=unread)]
        made.append(Module(f"{words(modules[schema])[-1]}.bds" if schema else f"{system}.bds", tuple(lines)))
    return tuple(made)


def _module_name(system: str, schema: str, schemas: int) -> str:
    return system if schemas == 1 else f"{system}.{field_name(schema or 'public')}"


def _module(scope: Scope, schema: str, modules: dict[str, str]) -> Iterator[Line]:
    tables = [scope.table(name) for name in scope.entities if (name.schema or "") == schema]
    yield Line("bds 1")
    yield Line(f"module {modules[schema]} @names(postgres) @unguarded")
    yield Line("")
    yield from _uses(scope, schema, tables, modules)
    for enum in scope.database.enums:
        if enum.name in scope.enums and _is_home(schema, enum.name, modules):
            yield from _enum(scope, enum.name, enum.labels)
            yield Line("")
    for domain in scope.database.domains:
        if domain.name in scope.domains and _is_home(schema, domain.name, modules):
            yield from _domain(scope, domain)
            yield Line("")
    for table in tables:
        yield from _entity(scope, table)
        yield Line("")


def _is_home(schema: str, name: Name, modules: dict[str, str]) -> bool:
    """A type of a schema without entities is in the first module."""
    own = name.schema or ""
    return own == schema or (own not in modules and schema == next(iter(modules)))


def _enum(scope: Scope, name: Name, labels: Iterable[str]) -> Iterator[Line]:
    path = f"enum {qualified(name)}"
    said = scope.enums[name]
    values = Unique()
    yield Line(spaced(f"enum {said}", f"@native({quoted(name.name)})", _schema(name), "{"), path)
    for label in labels:
        value = values.take(value_name(label))
        text = value if value == label else f"{value} @value({quoted(label)})"
        yield Line(f"  {text}", path)
    yield Line("}")


def _domain(scope: Scope, domain: Domain) -> Iterator[Line]:
    path = f"domain {qualified(domain.name)}"
    stands_on = domain_type(domain.type) or FieldType("text")
    checks = (
        sql(condition) if own is None else f"{own}: {sql(condition)}"
        for own, condition in domain_checks(domain)
    )
    yield from documentation(domain.comment, path)
    text = spaced(
        f"type {scope.domains[domain.name]} = {stands_on.logical}",
        f"@db({quoted(stands_on.db)})" if stands_on.db is not None else "",
        f"@domain({', '.join((quoted(domain.name.name), *checks))})",
        "@not_null" if domain.not_null else "",
        _schema(domain.name),
    )
    yield Line(text, path)


def _schema(name: Name) -> str:
    return f"@schema({quoted(name.schema)})" if name.schema else ""


def _entity(scope: Scope, table: Table) -> Iterator[Line]:
    path = table_path(table.name)
    if scope.is_said(f"{path}, comment"):
        yield from documentation(table.comment, f"{path}, comment")
    said = scope.entities[table.name]
    head = spaced(
        f"entity {said}",
        "" if snake(said) == table.name.name else f"@table({quoted(table.name.name)})",
        _schema(table.name),
        "@unlogged" if table.unlogged else "",
        f"@with({quoted(table.options)})"
        if table.options is not None and scope.is_said(f"{path}, storage")
        else "",
        "@keyless" if table.primary_key is None else "",
        partitions.partition(scope, table),
        "{",
    )
    yield Line(head, path)
    members = (*keys.members(scope, table), Line(""), *partitions.parts(scope, table))
    for line in (*columns.fields(scope, table), Line(""), *members):
        yield Line(line.indented().text, line.about or path)
    block = sql_block(
        statement
        for each in (table, *scope.parts[table.name])
        for statement in rest.entity_statements(scope, each)
    )
    if block:
        yield Line("", path)
    for line in block:
        yield Line(line.indented().text, path)
    yield Line("}", path)


def _uses(scope: Scope, schema: str, tables: list[Table], modules: dict[str, str]) -> Iterator[Line]:
    aliases: set[str] = set()
    others: dict[str, set[str]] = {}
    for table in tables:
        inline = {found.key.columns[0] for found in scope.references[table.name].values() if found.inline}
        for column in table.columns:
            kind = field_type(column.type, scope.types)
            if column.name not in inline and kind.alias is not None:
                aliases.add(kind.alias)
            for name, said in (*scope.enums.items(), *scope.domains.items()):
                if kind.logical == said and column.name not in inline:
                    _add(others, modules, schema, name.schema or "", said)
        for found in scope.references[table.name].values():
            _add(others, modules, schema, found.key.target.schema or "", scope.entities[found.key.target])
    if aliases:
        yield Line(f"use std.postgres {{ {', '.join(sorted(aliases))} }}")
    for module, names in sorted(others.items()):
        yield Line(f"use {module} {{ {', '.join(sorted(names))} }}")
    if aliases or others:
        yield Line("")


def _add(others: dict[str, set[str]], modules: dict[str, str], own: str, schema: str, name: str) -> None:
    home = modules.get(schema, next(iter(modules.values())))
    if home != modules[own]:
        others.setdefault(home, set()).add(name)
