"""Resources of one entity in one api: which of them is the main one."""

from collections.abc import Sequence, Sized
from typing import Protocol, TypeVar


class Offer(Protocol):
    """What is asked of a resource, be it of the model or of the IR."""

    @property
    def bulk(self) -> bool: ...
    @property
    def can(self) -> bool: ...
    @property
    def custom(self) -> Sized: ...
    @property
    def hooks(self) -> Sized: ...
    @property
    def lists(self) -> Sized: ...


Offered = TypeVar("Offered", bound=Offer)


def main_offer(resources: Sequence[Offered]) -> Offered:
    """Return the resource that carries the name of its entity, of at least one: the first that has what only one may have (operations,
    hooks, `@bulk`, `@can`, lists of its own), else the first that is declared, so that another path changes no name."""
    return next((each for each in resources if _is_special(each)), resources[0])


def _is_special(resource: Offer) -> bool:
    return bool(resource.bulk or resource.can or resource.custom or resource.hooks or resource.lists)
