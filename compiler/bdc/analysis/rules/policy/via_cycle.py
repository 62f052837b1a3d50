"""`via` leads to a rule that stands on its own feet, never back to where it began."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.diagnostics import Diagnostic, Fact, Label
from bdc.model import Model
from bdc.model.nodes.entity import ReferenceField
from bdc.source import Span

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ViaCycle:
    places: tuple[Place, ...]
    span: Span

    def diagnostic(self) -> Diagnostic:
        chain = " → ".join(f"`{entity}.{action}`" for entity, action in self.places)
        return Diagnostic(
            "E312", f"this rule follows itself: {chain}", Label(self.span), help="one of them must name roles"
        )


def via_cycle(model: Model) -> Iterator[Fact]:
    edges = dict(_edges(model))
    reported: set[Place] = set()
    for start, (_, span) in edges.items():
        chain = [start]
        while (step := edges.get(chain[-1])) is not None and step[0] not in chain:
            chain.append(step[0])
        if step is not None and step[0] == start and start not in reported:
            reported.update(chain)
            yield ViaCycle((*chain, start), span)


def _edges(model: Model) -> Iterator[tuple[Place, tuple[Place, Span]]]:
    for policy in model.policies:
        for rule in policy.rules:
            field = model.entities[policy.entity].find(rule.via.text) if rule.via is not None else None
            if not isinstance(field, ReferenceField):
                continue
            for action in rule.actions:
                goal = rule.via_action.text if rule.via_action is not None else action.text
                yield (policy.entity, action.text), ((field.target, goal), rule.span)
