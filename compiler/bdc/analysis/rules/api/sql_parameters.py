"""The `:name` parameters of SQL are those that the operation declares."""

from collections.abc import Iterator

from bdc.analysis.sqltexts import texts_of
from bdc.diagnostics import Edit, Fact, Misspelt
from bdc.diagnostics.catalogue.analysis import UNKNOWN_SQL_PARAMETER
from bdc.model import Model
from bdc.source import Span
from bdc.source.records import dataclass
from bdc.sql import SqlSyntaxError
from bdc.sql.parameters import parameters


@dataclass(frozen=True, slots=True)
class UnknownSqlParameter(Misspelt):
    DIAGNOSTIC = UNKNOWN_SQL_PARAMETER
    MARK = ":"

    name: str
    operation: str
    candidates: tuple[str, ...]
    span: Span

    def correction(self, close: str) -> Edit | None:
        is_plain = self.span.end - self.span.start == len(self.name) + 1
        return Edit(self.span, f":{close}") if is_plain else None


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
