"""What a rule is."""

from collections.abc import Callable, Iterable

from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Rule:
    """`check` reads the model and yields what it finds, with one of `codes`. `partial`: it judges only what is there, so it
    is right even about a model of which some part could not be resolved; a rule about what is absent is not."""

    codes: tuple[str, ...]
    check: Callable[[Model], Iterable[Fact]]
    partial: bool = False
