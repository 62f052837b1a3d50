"""The `:name` parameters of SQL are those that the operation declares, and what names its row in paths."""

from collections.abc import Iterator

from bdc.analysis.sqltexts import texts_of
from bdc.diagnostics import Edit, Fact, Misspelt
from bdc.diagnostics.catalogue.analysis import UNKNOWN_SQL_PARAMETER
from bdc.model import Model
from bdc.model.nodes.api import Operation
from bdc.model.nodes.entity import ScalarField
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


def _of_the_row(model: Model, operation: Operation) -> Iterator[str]:
    """Yield what names the row of an operation in its path: the key, or the field behind `by`."""
    for resource in (each for api in model.apis for each in api.resources if each.single is None):
        if any(each is operation for each in resource.custom):
            entity = model.entities[resource.entity]
            named = (resource.by.text,) if resource.by is not None else entity.key
            yield from (name for name in named if isinstance(entity.find(name), ScalarField))


def sql_parameters(model: Model) -> Iterator[Fact]:
    for text in texts_of(model):
        if text.operation is None:
            continue
        known = (*(each.name for each in text.operation.parameters), *_of_the_row(model, text.operation))
        try:
            found = parameters(text.text)
        except SqlSyntaxError:
            continue  # said by the rule about syntax
        for each in {each.name: each for each in reversed(found)}.values():
            if each.name not in known:
                span = text.place(each.start, each.end - each.start)
                yield UnknownSqlParameter(each.name, text.operation.name, known, span)
