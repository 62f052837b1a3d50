"""The `:name` parameters of SQL are those that the operation declares."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.analysis.sqltexts import texts_of
from bdc.diagnostics import Diagnostic, Fact, Label, did_you_mean
from bdc.model import Model
from bdc.source import Span
from bdc.sql import SqlSyntaxError
from bdc.sql.parameters import parameters


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
    for text in texts_of(model):
        if text.operation is None:
            continue
        known = tuple(parameter.name for parameter in text.operation.parameters)
        try:
            found = parameters(text.text)
        except SqlSyntaxError:
            continue  # said by the rule about syntax
        for each in {each.name: each for each in reversed(found)}.values():
            if each.name not in known:
                span = text.place(each.start, each.end - each.start)
                yield UnknownSqlParameter(each.name, text.operation.name, known, span)
