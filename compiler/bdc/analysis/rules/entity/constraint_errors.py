"""An error that a constraint raises has nothing to tell but itself: the database says which constraint was broken, and no more."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import ERROR_WITH_MEMBERS
from bdc.model import Model
from bdc.model.nodes.entity import Entity, Raised
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class ErrorWithMembers(Fact):
    DIAGNOSTIC = ERROR_WITH_MEMBERS

    error: str
    members: tuple[str, ...]
    span: Span


def constraint_errors(model: Model) -> Iterator[Fact]:
    for entity in model.entities.values():
        for raised in _raised(entity):
            error = model.errors.get(raised.error)
            members = tuple(each.name for each in error.members if not each.nullable) if error else ()
            if members:
                yield ErrorWithMembers(raised.error, members, raised.span)


def _raised(entity: Entity) -> Iterator[Raised]:
    found = (
        *(each.kept.raises for each in entity.uniques),
        *(each.kept.raises for each in entity.exclusions),
        *(each.raises for each in entity.checks),
    )
    yield from (each for each in found if each is not None)
