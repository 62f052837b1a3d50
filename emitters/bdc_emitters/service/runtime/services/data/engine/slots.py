"""The parameters of a statement: numbered after those of the identity, each once per SQL type it is read as."""

from collections.abc import Sequence
from dataclasses import dataclass

from services.data.engine.fragments import IdentityParameter
from services.data.engine.selection import Slot

AS_TEXT = ("date", "interval", "timestamptz")


@dataclass(frozen=True, slots=True)
class Bound:
    """The value of slot `index`; `cursor`: it is the payload of a cursor, to be sent as its list of texts."""

    index: int
    cursor: bool = False


class Slots:
    """Gives numbers to slots in the order of their first use."""

    def __init__(self, identity: Sequence[IdentityParameter]) -> None:
        self._first = len(identity) + 1
        self._numbers: dict[tuple[Bound, str], int] = {}
        self.actor = {f"«actor.{each.claim}»": f"${number}::text" for number, each in enumerate(identity, 1)}

    @property
    def bound(self) -> tuple[Bound, ...]:
        """The slots, one per parameter after the identity."""
        return tuple(bound for bound, _ in self._numbers)

    def parameter(self, slot: Slot, sql_type: str) -> str:
        """Return `$n` for a slot that the surrounding SQL reads as `sql_type`."""
        return self._number(Bound(slot.index), sql_type)

    def cast(self, slot: Slot, sql_type: str) -> str:
        """Return the parameter as `sql_type`. Times travel as text: the driver knows no months, and takes the first and the last
        day of its calendar for infinite."""
        name = sql_type.removesuffix("[]")
        text = f"::text{sql_type.removeprefix(name)}" if name in AS_TEXT else ""
        return f"{self.parameter(slot, sql_type)}{text}::{sql_type}"

    def cursor(self, slot: Slot) -> str:
        """Return the parameter that carries the values of a cursor."""
        return f"{self._number(Bound(slot.index, cursor=True), 'text[]')}::text[]"

    def _number(self, bound: Bound, sql_type: str) -> str:
        return f"${self._numbers.setdefault((bound, sql_type), self._first + len(self._numbers))}"
