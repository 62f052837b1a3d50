"""A mail as the worker knows it."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from pathlib import Path
from typing import Any

TEMPLATES = Path(__file__).parents[1] / "templates"
_READ: dict[str, Callable[[Any], Any]] = {
    "decimal": lambda given: Decimal(str(given)),
    "date": date.fromisoformat,
    "time": time.fromisoformat,
    "timestamp": datetime.fromisoformat,
}


@dataclass(frozen=True, slots=True)
class Mail:
    """`sender`: an address, or '' where `sender_variable` has it. `text` and `html`: names of templates; '' where there is none. `kinds`: the
    arguments, each with its type. `purpose`: what the token of sign-in that it carries is for; '' where it carries none."""

    name: str
    sender: str
    sender_variable: str
    subject: str
    text: str
    html: str
    kinds: tuple[tuple[str, str], ...]
    purpose: str = ""

    def values(self, arguments: str) -> dict[str, Any]:
        """Return the arguments of a run, JSON, as templates know them; one that the run was not given is None."""
        given = json.loads(arguments, parse_float=Decimal)
        return {name: _read(kind, given.get(name)) for name, kind in self.kinds}


def _read(kind: str, given: Any) -> Any:
    return _READ[kind](given) if kind in _READ and given is not None else given
