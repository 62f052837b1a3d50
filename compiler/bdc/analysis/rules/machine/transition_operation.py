"""A transition is performed by an operation that some api offers, and leads to one state from each."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.analysis.exposure import operation_names
from bdc.diagnostics import Diagnostic, Edit, Fact, Fix, Label, did_you_mean
from bdc.model import Model
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class UnknownTransitionOperation:
    entity: str
    name: str
    span: Span
    known: tuple[str, ...]

    def diagnostic(self) -> Diagnostic:
        close = did_you_mean(self.name, self.known)
        return Diagnostic(
            "E403",
            f"no api has an operation `{self.name}` on `{self.entity}`",
            Label(self.span),
            help=f"did you mean `{close}`?"
            if close
            else f"write `op {self.name}() -> {self.entity}` in its resource",
            fix=Fix(f"write `{close}`", (Edit(self.span, close),)) if close else None,
        )


@dataclass(frozen=True, slots=True)
class AmbiguousTransition:
    operation: str
    source: str
    targets: tuple[str, str]
    span: Span
    first: Span

    def diagnostic(self) -> Diagnostic:
        one, two = self.targets
        return Diagnostic(
            "E421",
            f"from `{self.source}`, `{self.operation}` would lead to `{one}` and to `{two}`",
            Label(self.span),
            secondary=(Label(self.first, "the other target"),),
            help="give one of the two transitions to an operation of its own",
        )


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
