"""What a rule is."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from bdc.diagnostics import Fact
from bdc.model import Model


@dataclass(frozen=True, slots=True)
class Rule:
    """`check` reads a complete model (everything in it was resolved) and yields what it finds, with one of `codes`."""

    codes: tuple[str, ...]
    check: Callable[[Model], Iterable[Fact]]
