"""`via` leads to a rule that stands on its own feet, never back to where it began."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.policy import VIA_CYCLE
from bdc.model import Model
from bdc.model.nodes.entity import ReferenceField
from bdc.source import Span
from bdc.source.records import dataclass

Place = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ViaCycle(Fact):
    DIAGNOSTIC = VIA_CYCLE

    places: tuple[Place, ...]
    span: Span

    @property
    def chain(self) -> str:
        return " → ".join(f"`{entity}.{action}`" for entity, action in self.places)


def via_cycle(model: Model) -> Iterator[Fact]:
    """Report each cycle once, whatever the order in which its rules are written."""
    edges = _edges(model)
    reported: set[Place] = set()
    for start in edges:
        chain = _cycle(edges, start) if start not in reported else ()
        if chain:
            reported.update(chain)
            yield ViaCycle((*chain, start), edges[start][chain[1] if len(chain) > 1 else start])


def _cycle(edges: "_Edges", start: Place) -> tuple[Place, ...]:
    """Return the shortest chain of places from `start` that leads back to it; empty when there is none."""
    waiting: list[tuple[Place, ...]] = [(start,)]
    seen: set[Place] = set()
    while waiting:
        chain = waiting.pop(0)
        for goal in edges.get(chain[-1], {}):
            if goal == start:
                return chain
            if goal not in seen:
                seen.add(goal)
                waiting.append((*chain, goal))
    return ()


_Edges = dict[Place, dict[Place, Span]]


def _edges(model: Model) -> _Edges:
    """What a rule with `via` asks of the row that is referred to: its action, and that the caller may read it."""
    edges: _Edges = {}
    for policy in model.policies:
        for rule in policy.rules:
            field = model.entities[policy.entity].find(rule.via.text) if rule.via is not None else None
            if not isinstance(field, ReferenceField):
                continue
            for action in rule.actions:
                goal = rule.via_action.text if rule.via_action is not None else action.text
                goals = edges.setdefault((policy.entity, action.text), {})
                for asked in (goal, "read"):
                    goals.setdefault((field.target, asked), rule.span)
    return edges
