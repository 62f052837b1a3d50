"""A rule names actions that exist: read, create, update, delete, refer, and the operations of the entity."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.analysis.exposure import operation_names
from bdc.diagnostics import Diagnostic, Edit, Fact, Fix, Label, did_you_mean
from bdc.model import Model
from bdc.model.nodes.entity import ReferenceField
from bdc.model.nodes.policy import Rule, Word
from bdc.source import Span

_ACTIONS = ("read", "create", "update", "delete", "refer")


@dataclass(frozen=True, slots=True)
class UnknownAction:
    entity: str
    name: str
    span: Span
    known: tuple[str, ...]

    def diagnostic(self) -> Diagnostic:
        close = did_you_mean(self.name, self.known)
        listed = ", ".join(f"`{each}`" for each in self.known)
        return Diagnostic(
            "E303",
            f"there is no action `{self.name}` on `{self.entity}`",
            Label(self.span),
            help=f"did you mean `{close}`?" if close else f"there are {listed}",
            fix=Fix(f"write `{close}`", (Edit(self.span, close),)) if close else None,
        )


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
