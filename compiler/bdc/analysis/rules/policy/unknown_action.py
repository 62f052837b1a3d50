"""A rule names actions that exist: read, create, update, delete, refer, and the operations of the entity."""

from collections.abc import Iterator

from bdc.analysis.exposure import operation_names
from bdc.diagnostics import Fact, Misspelt
from bdc.diagnostics.catalogue.policy import UNKNOWN_ACTION
from bdc.model import Model
from bdc.model.nodes.entity import ReferenceField
from bdc.model.nodes.policy import Rule, Word
from bdc.source import Span
from bdc.source.records import dataclass

_ACTIONS = ("read", "create", "update", "delete", "refer")


@dataclass(frozen=True, slots=True)
class UnknownAction(Misspelt):
    DIAGNOSTIC = UNKNOWN_ACTION

    entity: str
    name: str
    span: Span
    candidates: tuple[str, ...]


def unknown_action(model: Model) -> Iterator[Fact]:
    for policy in model.policies:
        known = (*_ACTIONS, *operation_names(model, policy.entity))
        for rule in policy.rules:
            yield from _judge(policy.entity, rule.actions, known)
            yield from _via(model, policy.entity, rule)


def _judge(entity: str, words: tuple[Word, ...], known: tuple[str, ...]) -> Iterator[Fact]:
    for word in words:
        if word.text not in known:
            yield UnknownAction(entity, word.text, word.span, known)


def _via(model: Model, entity: str, rule: Rule) -> Iterator[Fact]:
    field = model.entities[entity].find(rule.via.text) if rule.via is not None else None
    if isinstance(field, ReferenceField) and rule.via_action is not None:
        known = (*_ACTIONS, *operation_names(model, field.target))
        yield from _judge(field.target, (rule.via_action,), known)
