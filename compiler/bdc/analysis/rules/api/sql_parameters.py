"""The `:name` parameters of SQL are those that the operation declares."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from bdc.analysis.offers import operations
from bdc.diagnostics import Diagnostic, Fact, Label, did_you_mean
from bdc.model import Model
from bdc.source import Span

# Strings, quoted names, comments and casts are stepped over; what is left of `:name` is a parameter.
_TOKEN = re.compile(r"'(?:[^']|'')*'|\"[^\"]*\"|--[^\n]*|/\*.*?\*/|::|:([A-Za-z_][A-Za-z0-9_]*)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class UnknownSqlParameter:
    name: str
    operation: str
    known: tuple[str, ...]
    span: Span

    def diagnostic(self) -> Diagnostic:
        close = did_you_mean(self.name, self.known)
        return Diagnostic(
            "E417",
            f"the SQL of `{self.operation}` takes `:{self.name}`, and the operation has no such parameter",
            Label(self.span),
            help=f"did you mean `:{close}`?"
            if close
            else f"declare it: `op {self.operation}({self.name}: …)`",
        )


def sql_parameters(model: Model) -> Iterator[Fact]:
    for operation in operations(model):
        known = tuple(parameter.name for parameter in operation.parameters)
        for name in dict.fromkeys(found for found in _TOKEN.findall(operation.sql or "") if found):
            if name not in known:
                yield UnknownSqlParameter(name, operation.name, known, operation.span)
