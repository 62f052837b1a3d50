"""What is taken from the caller when a row is created needs a caller: `anonymous` may not create such a row."""

from collections.abc import Iterator

from bdc.analysis.policies import Reachable
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.policy import CALLER_OF_AN_ANONYMOUS_CREATE
from bdc.model import Model
from bdc.model.expressions.rows import mentions_caller
from bdc.model.nodes.entity import ReferenceField, ScalarField
from bdc.model.policies.policies import ANONYMOUS
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class NoCallerToTake(Fact):
    DIAGNOSTIC = CALLER_OF_AN_ANONYMOUS_CREATE

    entity: str
    field: str
    span: Span


def caller_default(model: Model) -> Iterator[Fact]:
    reachable = Reachable(model)
    for entity in model.entities.values():
        for field in entity.fields:
            if (
                isinstance(field, ScalarField | ReferenceField)
                and not field.nullable
                and mentions_caller(field.default)
                and ANONYMOUS in reachable.roles(entity.name, "create")
            ):
                yield NoCallerToTake(entity.name, field.name, field.span)
