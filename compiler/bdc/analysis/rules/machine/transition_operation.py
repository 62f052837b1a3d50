"""A transition is performed by an operation that some api offers, and leads to one state from each."""

from collections.abc import Iterator

from bdc.analysis.exposure import operation_names
from bdc.diagnostics import Fact, Misspelt
from bdc.diagnostics.catalogue.analysis import AMBIGUOUS_TRANSITION, UNKNOWN_TRANSITION_OPERATION
from bdc.model import Model
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class UnknownTransitionOperation(Misspelt):
    DIAGNOSTIC = UNKNOWN_TRANSITION_OPERATION

    entity: str
    name: str
    span: Span
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AmbiguousTransition(Fact):
    DIAGNOSTIC = AMBIGUOUS_TRANSITION

    operation: str
    source: str
    targets: tuple[str, str]
    span: Span
    first: Span


def transition_operation(model: Model) -> Iterator[Fact]:
    for machine in model.machines:
        known = operation_names(model, machine.entity)
        for transition in machine.transitions:
            word = transition.operation
            if word is not None and word.text not in known and model.apis:
                yield UnknownTransitionOperation(machine.entity, word.text, word.span, known)


def ambiguous_transition(model: Model) -> Iterator[Fact]:
    for machine in model.machines:
        first: dict[tuple[str, str], tuple[str, Span]] = {}
        for each in machine.transitions:
            for source in each.sources:
                if each.operation is None:
                    continue
                target, span = first.setdefault((each.operation.text, source), (each.target, each.span))
                if target != each.target:
                    yield AmbiguousTransition(
                        each.operation.text, source, (target, each.target), each.span, span
                    )
