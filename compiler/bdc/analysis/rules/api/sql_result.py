"""What SQL by hand answers with: structs and single values. Rows of an entity are read by their policy, which it cannot be."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.exposure import operations
from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.support import NotSupported
from bdc.model.nodes.api import Operation


def sql_result(model: Model) -> Iterator[Fact]:
    for operation in operations(model):
        if operation.sql is not None and _answers_with_rows(operation):
            yield NotSupported(
                f"SQL that answers with rows of `{_item(operation.returns)}`",
                operation.span,
                "return a struct, or the row of the resource",
            )


def _answers_with_rows(operation: Operation) -> bool:
    own = isinstance(operation.returns, ir.EntityType) and operation.returns.name == operation.entity
    return not own and bool(_item(operation.returns))


def _item(returns: ir.Type | None) -> str:
    item = returns.item if isinstance(returns, ir.ArrayType) else returns
    return item.name if isinstance(item, ir.EntityType) else ""
