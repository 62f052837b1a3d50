"""What a test expects stands in an answer."""

from collections.abc import Iterator

from bdc.analysis.expressions import fields_of
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import HIDDEN_EXPECTATION
from bdc.model import Model
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class HiddenExpectation(Fact):
    DIAGNOSTIC = HIDDEN_EXPECTATION

    field: str
    span: Span
    rule: Span


def hidden_expectation(model: Model) -> Iterator[HiddenExpectation]:
    """Report fields that a test looks at and no answer has: tests read rows as callers do."""
    for step in (step for scenario in model.scenarios for step in scenario.steps):
        looked_at = [step.condition, *(each.value for each in step.arguments)]
        for entity, name in dict.fromkeys(
            place for expr in looked_at if expr is not None for place in fields_of(expr)
        ):
            field = model.entities[entity].find(name) if entity in model.entities else None
            if field is not None and field.hidden:
                yield HiddenExpectation(name, step.span, field.span)
