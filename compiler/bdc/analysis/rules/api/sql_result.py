"""What SQL by hand answers with: structs, single values, and rows of an entity, which are read by their policy once the SQL said which."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.exposure import operations
from bdc.analysis.rules.sql.columns import WrongSqlResult
from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.nodes.api import Operation
from bdc.model.nodes.entity import Entity


def sql_result(model: Model) -> Iterator[Fact]:
    for operation in operations(model):
        row = answered_rows(operation)
        if operation.sql is not None and row is not None:
            yield from _judged(model, operation, model.entities[row])


def answered_rows(operation: Operation) -> str | None:
    """Return the entity whose rows SQL finds for the answer; None for the row of the operation itself, and for other answers."""
    returns = operation.returns
    item = returns.item if isinstance(returns, ir.ArrayType) else returns
    if not isinstance(item, ir.EntityType) or (item is returns and item.name == operation.entity):
        return None
    return item.name


def _judged(model: Model, operation: Operation, entity: Entity) -> Iterator[Fact]:
    if not _is_read(model, entity):
        yield WrongSqlResult(
            f"`{operation.name}` answers with rows of `{entity.name}`, which no role may read",
            "no caller would get any",
            operation.returns_span or operation.span,
            f"write `allow read to …` in `policy {entity.name}`, or return a struct",
        )
    elif not isinstance(operation.returns, ir.ArrayType) and not operation.returns_nullable:
        yield WrongSqlResult(
            f"the SQL of `{operation.name}` may find no row of `{entity.name}` that its caller may read",
            "there would be no answer",
            operation.returns_span or operation.span,
            f"write `-> {entity.name}?`, whose answer is null then, or `-> {entity.name}[]`",
        )


def _is_read(model: Model, entity: Entity) -> bool:
    policy = model.policy(entity.name)
    rules = (rule for rule in (policy.rules if policy else ()) if rule.effect == "allow")
    return any(word.text == "read" for rule in rules for word in rule.actions)
