"""The rows of a subscription have an address and a secret, and each event that is sent is about a row with a policy."""

from collections.abc import Iterator

from bdc import ir
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import NO_SUBSCRIPTION, UNSENT_EVENT
from bdc.model import Model
from bdc.model.nodes.entity import Entity, ScalarField
from bdc.model.nodes.webhooks import Webhooks
from bdc.model.webhooks import SECRET, TOPICS, URL, sent_events, unsent
from bdc.source import Span
from bdc.source.records import dataclass

_TEXTS = (ir.Scalar.STRING, ir.Scalar.TEXT)


@dataclass(frozen=True, slots=True)
class NoSubscription(Fact):
    """`why`: what the entity lacks; `remedy`: what to write."""

    DIAGNOSTIC = NO_SUBSCRIPTION

    entity: str
    why: str
    remedy: str
    span: Span


@dataclass(frozen=True, slots=True)
class UnsentEvent(Fact):
    DIAGNOSTIC = UNSENT_EVENT

    event: str
    why: str
    span: Span


def webhooks(model: Model) -> Iterator[Fact]:
    declared = model.webhooks
    if declared is None:
        return
    entity = model.entities[declared.entity]
    for why, remedy in _lacks(model, entity):
        yield NoSubscription(entity.name, why, remedy, declared.span)
    yield from _events(model, declared)


def _events(model: Model, declared: Webhooks) -> Iterator[Fact]:
    for word in declared.events:
        why = unsent(model, model.events[word.text])
        if why:
            yield UnsentEvent(word.text, why, word.span)
    if not sent_events(model):
        remedy = "declare an event about a row, `event OrderPlaced on Order { order: Order }`"
        yield NoSubscription(declared.entity, "no event is about a row", remedy, declared.span)


def _lacks(model: Model, entity: Entity) -> Iterator[tuple[str, str]]:
    if model.identity is None:
        yield (
            "no caller is known",
            "declare `identity`: events are sent by the rights of the caller that subscribed",
        )
    if entity.unguarded:
        yield "no policy guards them", "remove `@unguarded` and write a policy"
    if not _has_uuid_key(entity):
        yield "their key is not one uuid", "write `id: uuid = uuid7() @id`"
    if not _is_text(entity, URL, encrypted=False):
        yield f"they have no field `{URL}`", f"write `{URL}: string(1..2000)`, not null and not encrypted"
    if not _is_text(entity, SECRET, encrypted=True):
        yield (
            f"they have no encrypted field `{SECRET}`",
            f"write `{SECRET}: string(24..100) @encrypted`, not null",
        )
    topics = entity.find(TOPICS)
    if topics is not None and not _is_list(topics):
        yield (
            f"`{TOPICS}` is no list of texts",
            f"write `{TOPICS}: string(1..80)[]`, or give the field another name",
        )


def _has_uuid_key(entity: Entity) -> bool:
    field = entity.find(entity.key[0]) if len(entity.key) == 1 else None
    if not isinstance(field, ScalarField) or field.carries is not None:
        return False
    return isinstance(field.type, ir.ScalarType) and field.type.scalar is ir.Scalar.UUID


def _is_text(entity: Entity, name: str, *, encrypted: bool) -> bool:
    field = entity.find(name)
    if not isinstance(field, ScalarField) or not isinstance(field.type, ir.ScalarType):
        return False
    return field.type.scalar in _TEXTS and not field.nullable and field.encrypted == encrypted


def _is_list(field: object) -> bool:
    if not isinstance(field, ScalarField) or not isinstance(field.type, ir.ArrayType) or field.encrypted:
        return False
    item = field.type.item
    return isinstance(item, ir.ScalarType) and item.scalar in _TEXTS
