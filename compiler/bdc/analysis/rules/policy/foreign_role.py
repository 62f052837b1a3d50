"""A role by relation is held on rows of its own entity; elsewhere it has no meaning."""

from collections.abc import Iterator

from bdc.analysis.exposure import operations
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.policy import FOREIGN_ROLE
from bdc.model import Model
from bdc.model.nodes.policy import Word
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class ForeignRole(Fact):
    DIAGNOSTIC = FOREIGN_ROLE

    role: str
    entity: str
    here: str
    span: Span
    declared: Span

    def help_text(self) -> str:
        return Fact.help_text(self) if self.here != "no row" else ""


def foreign_role(model: Model) -> Iterator[Fact]:
    for policy in model.policies:
        for rule in policy.rules:
            yield from _judge(model, rule.roles, policy.entity)
        for field in policy.fields:
            for grant in (field.read, field.write):
                yield from _judge(model, grant.roles if grant is not None else (), policy.entity)
    for operation in operations(model):
        yield from _judge(model, operation.roles, None)
    for role in model.roles.values():
        inherited = tuple(Word(name, role.span) for name in role.extends)
        yield from _judge(model, inherited, role.entity)


def _judge(model: Model, words: tuple[Word, ...], entity: str | None) -> Iterator[Fact]:
    for word in words:
        role = model.roles.get(word.text)
        if role is not None and role.entity is not None and role.entity != entity:
            here = f"`{entity}`" if entity is not None else "no row"
            yield ForeignRole(role.name, role.entity, here, word.span, role.span)
