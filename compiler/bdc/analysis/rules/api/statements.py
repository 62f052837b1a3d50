"""Statements of an operation: each writes fields that it may write, and all that it must."""

from collections.abc import Iterator

from bdc.analysis.exposure import acting
from bdc.analysis.needed import is_needed
from bdc.diagnostics import Declared, Fact
from bdc.diagnostics.catalogue.analysis import (
    INCOMPLETE_STATEMENT,
    STATEMENT_WITHOUT_KEY,
    STATEMENT_WITHOUT_VALUE,
    UNWRITABLE_FIELD,
)
from bdc.model import Model
from bdc.model.nodes.api import Operation, Requirement, Statement
from bdc.model.nodes.entity import Entity, Field, ReferenceField, ScalarField
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class UnwritableField(Fact):
    DIAGNOSTIC = UNWRITABLE_FIELD

    verb: str
    target: str
    field: str
    why: str
    remedy: str
    span: Span


@dataclass(frozen=True, slots=True)
class IncompleteStatement(Fact):
    DIAGNOSTIC = INCOMPLETE_STATEMENT

    verb: str
    entity: str
    missing: tuple[str, ...]
    remedy: str
    span: Span

    def declaration(self) -> Declared:
        if self.missing:
            return INCOMPLETE_STATEMENT
        return STATEMENT_WITHOUT_KEY if self.verb == "put" else STATEMENT_WITHOUT_VALUE


def statements(model: Model) -> Iterator[Fact]:
    for operation in acting(model):
        for statement in operation.statements:
            entity = model.entities[statement.entity]
            yield from writable(model, statement, entity)
            yield from complete(statement, entity)
            yield from _moving(operation, statement)
        for required in operation.requires:
            yield from _raised(model, operation, required)


def _moving(operation: Operation, statement: Statement) -> Iterator[Fact]:
    """A row behind a reference that the operation sets too: before it, or after?"""
    if any(each.field == statement.row for each in operation.sets):
        why, remedy = "the operation sets that reference too", "take the row as a parameter"
        yield UnwritableField("update", statement.row or "", statement.row or "", why, remedy, statement.span)


def writable(model: Model, statement: Statement, entity: Entity) -> Iterator[Fact]:
    """Report the fields that a statement cannot write."""
    sealed = next((each.name for each in entity.fields if _is_encrypted(each)), None)
    if sealed is not None and statement.verb in ("create", "put"):
        yield UnwritableField(statement.verb, entity.name, sealed, *SEALED, statement.span)
        return
    for each in statement.values:
        field = entity.find(each.field)
        why, remedy = refused(model, statement, entity, field) if field is not None else ("", "")
        if why:
            target = statement.row or entity.name
            yield UnwritableField(statement.verb, target, each.field, why, remedy, each.span)


_LEAVE = "leave it out"
SEALED = "only the service can encrypt", "write the operation as a `@handler`"


def refused(model: Model, statement: Statement, entity: Entity, field: Field) -> tuple[str, str]:
    """Return why a statement cannot write a field, and what to write instead."""
    new = statement.verb != "update"
    if not isinstance(field, ScalarField | ReferenceField):
        return "it has no column", _LEAVE
    if isinstance(field, ReferenceField) and field.carriers:
        names = ", ".join(f"`{name}`" for name in field.carriers)
        return f"it is written as {names}", f"write {names}"
    if _is_encrypted(field):
        return SEALED
    if statement.verb == "remove":
        return "", ""
    if field.name == entity.tenant or (isinstance(field, ReferenceField) and field.tenant):
        return "the tenant is that of the caller", _LEAVE
    if isinstance(field, ReferenceField):
        return (
            ("it never changes", "create another row") if not new and _is_fixed(entity, field) else ("", "")
        )
    if field.stamp is not None:
        return "the system sets it", _LEAVE
    if field.numbered:
        return "the database numbers it", _LEAVE
    machine = model.machine(entity.name)
    if machine is not None and machine.field == field.name:
        free = not new and any(each.operation is None for each in machine.transitions)
        remedy = (
            _LEAVE
            if new
            else f"write the change without `by` in `machine {entity.name}.{field.name}`, as `a -> b`"
        )
        return ("", "") if free else ("only operations change it, by its machine", remedy)
    return ("it never changes", "create another row") if not new and _is_fixed(entity, field) else ("", "")


def _is_fixed(entity: Entity, field: ScalarField | ReferenceField) -> bool:
    return field.immutable or field.name in entity.key


def _is_encrypted(field: Field) -> bool:
    return isinstance(field, ScalarField) and field.encrypted


def complete(statement: Statement, entity: Entity) -> Iterator[Fact]:
    given = {each.field for each in statement.values}
    place = (statement.verb, entity.name)
    if statement.verb in ("create", "put"):
        missing = tuple(each.name for each in entity.fields if is_needed(each) and each.name not in given)
        if missing:
            yield IncompleteStatement(
                *place, missing, "give them in its braces, or defaults in the entity", statement.span
            )
    if statement.verb == "put" and not any(set(key) <= given for key in _unique_keys(entity)):
        remedy = f"write `unique (…)` in `{entity.name}` over fields that the statement gives and that are never null, or `create` to add a row each time"
        yield IncompleteStatement(*place, (), remedy, statement.span)
    if statement.verb in ("remove", "update") and not given:
        yield IncompleteStatement(*place, (), "write `{ field: value }`", statement.span)


def _unique_keys(entity: Entity) -> Iterator[tuple[str, ...]]:
    """Yield the fields of each key that no two rows share. Rows with null in one share nothing, unless the key says otherwise."""
    yield entity.key
    for field in entity.fields:
        if isinstance(field, ScalarField | ReferenceField) and field.unique and not field.nullable:
            yield (field.name,)
    for unique in entity.uniques:
        whole = unique.where is None and len(unique.fields) == len(unique.keys)
        if whole and (
            unique.kept.nulls_not_distinct or not any(_may_be_null(entity, each) for each in unique.fields)
        ):
            yield tuple(name for each in unique.fields for name in _written_as(entity, each))


def _written_as(entity: Entity, name: str) -> tuple[str, ...]:
    field = entity.find(name)
    return (field.carriers if isinstance(field, ReferenceField) else ()) or (name,)


def _may_be_null(entity: Entity, name: str) -> bool:
    field = entity.find(name)
    return isinstance(field, ScalarField | ReferenceField) and field.nullable


def _raised(model: Model, operation: Operation, required: Requirement) -> Iterator[Fact]:
    """A member that an error always has is given, or is an argument or a field of the same name."""
    error = model.errors[required.error]
    given = {each.field for each in required.members} | {each.name for each in operation.parameters}
    entity = model.entities[operation.entity] if operation.entity is not None else None
    missing = tuple(
        each.name
        for each in error.members
        if not each.nullable and each.name not in given and not (entity and entity.find(each.name))
    )
    if missing:
        remedy = f"write `else {error.name} {{ {missing[0]}: … }}`"
        yield IncompleteStatement("require … else", error.name, missing, remedy, required.span)
