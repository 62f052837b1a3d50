"""Only the service can encrypt: what is written to an encrypted field is given by a caller, or is a constant."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.exposure import acting
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import PLAIN_VALUE_FOR_ENCRYPTED_FIELD
from bdc.model import Model
from bdc.model.nodes.api import Operation
from bdc.model.nodes.entity import Entity, ScalarField
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class PlainForEncrypted(Fact):
    """`where` says what writes the value: a default, an assignment, a seed, an event."""

    DIAGNOSTIC = PLAIN_VALUE_FOR_ENCRYPTED_FIELD

    field: str
    where: str
    help: str
    span: Span


_VALUE = "write a constant; the service encrypts it, and cannot encrypt what the database computes"
_SET = "assign a parameter of the operation or a constant, or encrypt the value in a `@handler` with `context.encrypt`"


def plain_for_encrypted(model: Model) -> Iterator[Fact]:
    for entity in model.entities.values():
        for field in _encrypted(entity):
            if field.default is not None and not isinstance(field.default, ir.Literal):
                yield PlainForEncrypted(f"{entity.name}.{field.name}", "the default", _VALUE, field.span)
    yield from _seeds(model)
    for operation in acting(model):
        if operation.entity is not None:
            yield from _assignments(model, operation, model.entities[operation.entity])


def _encrypted(entity: Entity) -> Iterator[ScalarField]:
    for field in entity.fields:
        if isinstance(field, ScalarField) and field.encrypted:
            yield field


def _seeds(model: Model) -> Iterator[Fact]:
    for seed in model.seeds.values():
        for row in seed.rows:
            names = {field.name for field in _encrypted(model.entities[row.entity])}
            for given in row.values:
                if given.field in names and not isinstance(given.value, ir.Literal):
                    where = f"seed `{seed.name}`"
                    yield PlainForEncrypted(f"{row.entity}.{given.field}", where, _VALUE, given.span)


def _assignments(model: Model, operation: Operation, entity: Entity) -> Iterator[Fact]:
    names = {field.name for field in _encrypted(entity)}
    secret: set[str] = set()
    for each in operation.sets:
        if each.field not in names:
            continue
        match each.value:
            case ir.Path(root=ir.Root.PARAM, name=str(name), steps=()):
                secret.add(name)
            case ir.Literal():
                pass
            case _:
                where = f"`set` of `{operation.name}`"
                yield PlainForEncrypted(f"{entity.name}.{each.field}", where, _SET, each.span)
    for word in operation.emits:
        for member in model.events[word.text].members if word.text in model.events else ():
            if member.name in secret:
                where = f"event `{word.text}`"
                help_ = f"remove `{member.name}` from the event; readers of the event can request the row"
                yield PlainForEncrypted(f"{entity.name}.{member.name}", where, help_, word.span)
