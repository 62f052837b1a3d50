"""Names that would be equal, told apart."""

from collections.abc import Callable, Collection, Hashable, Iterable
from typing import TypeVar

Key = TypeVar("Key", bound=Hashable)


def aside(name: str, reserved: Collection[str]) -> str:
    """Return `name`, with as many `_` behind it as take it out of `reserved`."""
    while name in reserved:
        name += "_"
    return name


def distinct(
    wanted: Iterable[tuple[Key, str]],
    reserved: Collection[str] = (),
    *,
    fold: Callable[[str], str] = str,
    fitted: Callable[[str], str] = str,
) -> dict[Key, str]:
    """Return a name for each key. The first that wants a name has it, unless it is `reserved`; the others get a number behind it.
    `fold`: what makes two names equal. `fitted`: cuts a name that is too long. A key that comes twice is looked at once."""
    pairs = dict(wanted)
    taken = {fold(name) for name in reserved}
    found: dict[Key, str] = {}
    waiting: list[tuple[Key, str]] = []
    for key, name in pairs.items():
        name = fitted(name)
        if fold(name) in taken:
            waiting.append((key, pairs[key]))
        else:
            taken.add(fold(name))
            found[key] = name
    for key, name in waiting:
        number = 2
        while fold(fitted(f"{name}_{number}")) in taken:
            number += 1
        found[key] = fitted(f"{name}_{number}")
        taken.add(fold(found[key]))
    return found
