"""`services/data/constraints.py`: constraints of the database in words of the API."""

import re
from collections.abc import Iterator
from dataclasses import replace

from bdc.ir import Entity, IndexKey, ReferenceField, ScalarField, SystemIR, Table
from bdc.ir.expr import SqlText
from bdc.naming.casing import spaced
from bdc.naming.rotation import part_prefix
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.query.embedding import columns_of
from bdc.query.relation_terms import row_paths
from bdc.source.records import dataclass
from bdc.surface.logical import column_members

TEMPLATES = Templates("bdc_emitters.service")


@dataclass(frozen=True, slots=True)
class ConstraintView:
    name: str
    members: tuple[str, ...]
    message: str
    is_hidden: bool = False
    raises: tuple[int, str] | None = None


@dataclass(frozen=True, slots=True)
class PartitionView:
    """A partition, and its keys: the name that PostgreSQL gives to one → the constraint of the table."""

    name: str
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class ConstraintsView:
    constraints: tuple[ConstraintView, ...]
    partitions: tuple[PartitionView, ...]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the module."""
    found = [
        _raising(system, system.table(entity.table), view)
        for entity in system.entities
        for view in _of(entity, system.table(entity.table), hidden_columns(system, entity))
    ]
    parts = [part for entity in system.entities for part in _partitions(system.table(entity.table))]
    view = ConstraintsView(tuple(sorted(found, key=lambda item: item.name)), tuple(parts))
    yield GeneratedFile("services/data/constraints.py", TEMPLATES.render("constraints.py.j2", view))


def _raising(system: SystemIR, table: Table, view: ConstraintView) -> ConstraintView:
    """Return the constraint with the error that it raises. One about a field that some may not read raises none: the error would name it."""
    error = next((each for each in system.errors if each.name == table.raising.get(view.name)), None)
    return view if error is None or view.is_hidden else replace(view, raises=(error.status, error.code))


def hidden_columns(system: SystemIR, entity: Entity) -> frozenset[str]:
    """Return the columns of fields that not every reader of the row may read."""
    policy = system.policy(entity.name)
    fields = (entity.field(rule.field) for rule in (policy.fields if policy else ()) if rule.read is not None)
    return frozenset(
        name
        for field in fields
        if isinstance(field, ScalarField | ReferenceField)
        for name in (columns_of(field) if isinstance(field, ScalarField) else (field.column,))
    )


def _of(entity: Entity, table: Table, hidden: frozenset[str]) -> Iterator[ConstraintView]:
    members = column_members(entity)
    subject = spaced(entity.name)

    def named(columns: tuple[str, ...]) -> tuple[str, ...]:
        apart = hidden | {table.tenant_column}
        return tuple(members[name] for name in columns if name in members and name not in apart)

    uniques = [(unique.name, unique.columns) for unique in table.uniques]
    if table.primary_key:
        uniques.append((table.primary_key.name, table.primary_key.columns))
    for name, columns in uniques:
        about, unnamed = named(columns), bool(hidden.intersection(columns))
        said = "these values" if unnamed else f"this {_list(about)}"
        yield ConstraintView(
            name, () if unnamed else about, f"Another {subject} has {said} already.", unnamed
        )
    for key in table.foreign_keys:
        about, unnamed = named(key.columns), bool(hidden.intersection(key.columns))
        said = f"There is no {spaced(key.target_table)} with this key."
        yield ConstraintView(key.name, about, said, unnamed)
    for exclusion in table.exclusions:
        columns = tuple(dict.fromkeys(name for key in exclusion.keys for name in _columns(key, members)))
        about, unnamed = named(columns), bool(hidden.intersection(columns))
        said = "these values overlap" if unnamed else f"{_list(about)} overlap"
        yield ConstraintView(
            exclusion.name, () if unnamed else about, f"Another {subject} stands in the way: {said}.", unnamed
        )
    for check in table.checks:
        about = named((check.column,)) if check.column else ()
        rule = spaced(check.name.removeprefix(f"ck_{table.name}_"))
        said = (
            f"The value of {_list(about)} is not accepted." if about else f"The rule “{rule}” would not hold."
        )
        yield ConstraintView(check.name, about, said)


def _columns(key: IndexKey, members: dict[str, str]) -> Iterator[str]:
    """Yield the columns that a key is about."""
    if key.column is not None:
        yield key.column
    elif isinstance(key.expr, SqlText):
        yield from (word for word in re.findall(r"\w+", key.expr.sql) if word in members)
    elif key.expr is not None:
        named = {member: column for column, member in members.items()}
        yield from (
            named[path.steps[0].field]
            for path in row_paths(key.expr)
            if path.steps and path.steps[0].field in named
        )


def _partitions(table: Table) -> Iterator[PartitionView]:
    """Yield the partitions. PostgreSQL names their keys itself."""
    keys = [
        (unique.columns, "idx" if unique.where or unique.index else "key", unique.name)
        for unique in table.uniques
    ]
    keys += [
        (tuple(key.column or "expr" for key in found.keys), "excl", found.name) for found in table.exclusions
    ]
    for part in _part_names(table):
        named = [(object_name(part, "_".join(columns), label), name) for columns, label, name in keys]
        if table.primary_key:
            named.append((object_name(part, "", "pkey"), table.primary_key.name))
        yield PartitionView(part, tuple(named))


def _part_names(table: Table) -> Iterator[str]:
    """Yield the names of partitions; one stands for all that a job makes, which have the date of their begin instead of zeros."""
    found = table.partitioning
    yield from (part.name for part in found.partitions) if found is not None else ()
    if found is not None and found.by is not None:
        yield f"{part_prefix(table)}_p00000000"


def object_name(first: str, second: str, label: str) -> str:
    """Return the name that PostgreSQL makes of a table, its columns and a label: at most 63 bytes, the longer part is cut."""
    parts, room = [first.encode(), second.encode()], 63 - len(label) - 1 - bool(second)
    while sum(map(len, parts)) > room:
        longer = 0 if len(parts[0]) > len(parts[1]) else 1
        parts[longer] = parts[longer][:-1]
    return "_".join(part for part in (*(each.decode(errors="ignore") for each in parts), label) if part)


def _list(names: tuple[str, ...]) -> str:
    return " and ".join(names) or "key"
