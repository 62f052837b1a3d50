"""What is taken from the caller when a row is created needs a caller: `anonymous` may not create such a row."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.analysis.policies import Reachable
from bdc.diagnostics import Diagnostic, Fact, Label
from bdc.model import Model
from bdc.model.expressions.rows import mentions_caller
from bdc.model.nodes.entity import ReferenceField, ScalarField
from bdc.model.policies.policies import ANONYMOUS
from bdc.source import Span


@dataclass(frozen=True, slots=True)
class NoCallerToTake:
    entity: str
    field: str
    span: Span

    def diagnostic(self) -> Diagnostic:
        return Diagnostic(
            "E314",
            f"`{self.field}` of `{self.entity}` is taken from the caller, and `anonymous` may create a row",
            Label(self.span, "a request without a token has no `actor`"),
            help=f"write `?` after the type of `{self.field}`, or allow `create` to roles that a token carries",
        )


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
