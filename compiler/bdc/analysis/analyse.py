"""Run rules over a model."""

from collections.abc import Iterable

from bdc.analysis.rule import Rule
from bdc.diagnostics import DiagnosticSink
from bdc.model import Model


def analyse(model: Model, rules: Iterable[Rule], sink: DiagnosticSink) -> None:
    """Report what every rule finds. Of a model that is not complete nothing is judged: what looks absent may only be
    what could not be read."""
    if not model.complete:
        return
    for rule in rules:
        for fact in rule.check(model):
            sink.add(fact)
