"""A specification that edits work on, and what they look for in it."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from random import Random

from tests.evolution.chance import Chance
from tests.evolution.texts.model import Entity, Enum, Field, Spec, lines, rename

TEXTS = ("string(1..40)", "string(1..80)", "text")
NUMBERS = ("int", "int(0..1000)", "bigint", "decimal(10, 2)", "float")
PLAIN = (*TEXTS, *TEXTS, *NUMBERS, *NUMBERS, "bool", "date", "timestamp", "uuid", "json", "string[]", "time")
# A constant of each type, as the language writes it.
CONSTANTS = {
    **dict.fromkeys(TEXTS, '"none"'),
    **dict.fromkeys(NUMBERS, "1"),
    "bool": "false",
    "date": "sql(\"date '2026-01-01'\")",
    "timestamp": "sql(\"timestamptz '2026-01-01 00:00:00+00'\")",
    "uuid": "sql(\"uuid '00000000-0000-0000-0000-000000000000'\")",
    "json": "sql(\"jsonb '{}'\")",
    "string[]": "sql(\"'{}'::text[]\")",
    "time": "sql(\"time '08:00'\")",
}


def is_key(found: Field) -> bool:
    return any(mark.endswith("@id") for mark in found.marks)


@dataclass
class Writing(Chance):
    """`begun`: whether the start is made, so that edits say what was."""

    spec: Spec
    random: Random
    count: int = 0
    begun: bool = False

    def entity(self, wanted: Callable[[Entity], bool] = lambda _: True) -> Entity | None:
        return self.pick(each for each in self.spec.entities if wanted(each))

    def field(self, wanted: Callable[[Entity, Field], bool] = lambda *_: True) -> tuple[Entity, Field] | None:
        return self.pick(found for found in self.fields() if wanted(*found))

    def fields(self) -> Iterator[tuple[Entity, Field]]:
        """Yield the fields that edits may change: keys stay."""
        for entity in self.spec.entities:
            yield from ((entity, each) for each in entity.fields if not is_key(each))

    def enum_of(self, found: Field) -> Enum | None:
        return next((each for each in self.spec.enums if each.name == found.type), None)

    def spoken(self, name: str) -> int:
        """Return how many lines speak of `name`."""
        word = re.compile(rf"(?<![A-Za-z0-9]){name}(?![A-Za-z0-9])")
        return sum(1 for line in lines(self.spec) for part in line.split("\n") if word.search(part))

    def alone(self, found: Field) -> bool:
        """Whether nothing but its own line speaks of a field."""
        return self.spoken(found.name) == 1

    def rename(self, old: str, new: str) -> bool:
        rename(self.spec, old, new)
        return True

    def dropped(self, kind: str, was: str) -> str:
        """Return the words for a removal; in one of three nothing is kept aside."""
        return f"dropped {kind}{was}{' @discard' if self.maybe(0.33) else ''}"
