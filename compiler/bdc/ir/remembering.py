"""Answers about one system, made once: emitters and checks ask the same again and again."""

from collections.abc import Callable
from typing import TypeVar

from bdc.ir.system import SystemIR

Result = TypeVar("Result")
KEPT = 2  # a comparison asks about its two sides in turn


def per_system(make: Callable[[SystemIR], Result]) -> Callable[[SystemIR], Result]:
    """Return `make`, remembering its answers about the last systems. A system never changes, so an answer stays right."""
    last: list[tuple[SystemIR, Result]] = []

    def ask(system: SystemIR) -> Result:
        for known, answer in last:
            if known is system:
                return answer
        answer = make(system)
        last[:] = [(system, answer), *last[: KEPT - 1]]
        return answer

    return ask
