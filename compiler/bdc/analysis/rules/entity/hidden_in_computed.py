"""A computed field tells nothing that its readers may not read."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.analysis.expressions import fields_of
from bdc.diagnostics import Diagnostic, Fact, Label
from bdc.model import Model
from bdc.model.nodes.entity import ComputedField
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class ToldByComputed:
    computed: str
    hidden: str
    span: Span
    rule: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E432",
            f"`{self.computed}` would tell `{self.hidden}` to callers who may not read it",
            Label(self.span),
            secondary=(Label(self.rule, "who may read it is said here"),),
            help=f"Say who may read it: `field {self.computed} {{ read to … }}` in the policy, or compute it from other fields.",
        )


def hidden_in_computed(model: Model) -> Iterator[Fact]:
    """Report computed fields over a field with a read rule, unless they have a read rule of their own."""
    hidden = _read_rules(model)
    for entity in model.entities.values():
        for field in entity.fields:
            if (
                not isinstance(field, ComputedField)
                or field.expr is None
                or (entity.name, field.name) in hidden
            ):
                continue
            for used in dict.fromkeys(fields_of(field.expr)):
                if used in hidden:
                    yield ToldByComputed(field.name, ".".join(used), field.span, hidden[used])


def _read_rules(model: Model) -> dict[tuple[str, str], Span]:
    found: dict[tuple[str, str], Span] = {}
    for name in model.entities:
        policy = model.policy(name)
        for rule in policy.fields if policy is not None else ():
            if rule.read is not None:
                found[name, rule.field] = rule.span
    return found
