"""Run rules over a model."""

from collections.abc import Iterable

from bdc.analysis.rule import Rule
from bdc.diagnostics import DiagnosticSink
from bdc.model import Model


def analyse(model: Model, rules: Iterable[Rule], sink: DiagnosticSink) -> None:
    """Report what every rule finds; about a model that is not complete, only what is certain."""
    for rule in rules:
        if model.complete or rule.partial:
            for fact in rule.check(model):
                sink.add(fact)
