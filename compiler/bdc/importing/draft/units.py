"""The text of a specification in parts that can be left out one by one."""

from collections.abc import Iterator
from dataclasses import field

from bdc.importing.draft.ledger import Ledger
from bdc.source.records import dataclass


@dataclass(slots=True)
class Part:
    """A piece of a line. `says`: the elements that it carries; `needed`: without it there is no line; `instead`: what stands in its place
    when the compiler refuses it; `refused`: why it is left out."""

    text: str
    says: tuple[str, ...] = ()
    needed: bool = False
    instead: "Part | None" = None
    refused: str | None = None


@dataclass(slots=True)
class Unit:
    """A line, or a block in braces with the units in it. `doc` stands above it, `notes` as comments above that; `told`: subjects
    and sentences for the report, if the unit is in the specification."""

    parts: list[Part]
    inside: list["Unit"] | None = None
    doc: tuple[str, ...] = ()
    doc_says: tuple[str, ...] = ()
    notes: list[Part] = field(default_factory=list)
    refused: str | None = None
    told: tuple[tuple[str, str], ...] = ()

    def add(self, text: str, *says: str, needed: bool = False, instead: Part | None = None) -> "Unit":
        """Add a part, and return the unit."""
        self.parts.append(Part(text, says, needed, instead))
        return self

    def put(self, unit: "Unit") -> "Unit":
        """Add a unit within, and return that."""
        if self.inside is None:
            self.inside = []
        self.inside.append(unit)
        return unit

    def block(self) -> "Unit":
        self.inside = self.inside or []
        return self

    def says(self) -> Iterator[str]:
        """Yield all elements that the unit and what is in it would carry."""
        for part in (*self.parts, *self.notes):
            yield from part.says
        yield from self.doc_says
        for unit in self.inside or ():
            yield from unit.says()


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a part stands in the text."""

    start: int
    end: int
    unit: Unit
    part: Part | None


class Written:
    """The text of units, and which part stands where."""

    def __init__(self, units: list[Unit]) -> None:
        self._text: list[str] = []
        self._length = 0
        self.spots: list[Spot] = []
        for unit in units:
            self._unit(unit, "")
        self.text = "".join(self._text)

    def _unit(self, unit: Unit, indent: str) -> None:
        if unit.refused is not None or any(part.refused and part.needed for part in unit.parts):
            return
        if unit.inside is not None and not indent:
            self._put("\n")
        for note in unit.notes:
            self._put(f"{indent}// {note.text}\n")
        for line in unit.doc:
            self._put(f"{indent}/// {line}".rstrip() + "\n")
        start = self._length
        self._put(indent)
        for part in unit.parts:
            if part.refused is None and part.text:
                begin = self._length
                self._put(part.text)
                self.spots.append(Spot(begin, self._length, unit, part))
                self._put(" ")
        if unit.inside is not None:
            self._put("{\n")
            for inner in unit.inside:
                self._unit(inner, indent + "  ")
            self._put(f"{indent}}}")
        self._put("\n")
        self.spots.append(Spot(start, self._length, unit, None))

    def _put(self, text: str) -> None:
        self._text.append(text)
        self._length += len(text)

    def at(self, offset: int) -> Spot | None:
        """Return the part at an offset, else the smallest unit around it."""
        around = [spot for spot in self.spots if spot.start <= offset < spot.end]
        return min(around, key=lambda spot: (spot.part is None, spot.end - spot.start), default=None)


def told(units: list[Unit], kept: bool = True) -> Iterator[tuple[str, str]]:
    """Yield what the units tell the report; of those that were left out, that they are."""
    for unit in units:
        left = next((each.refused for each in unit.parts if each.refused and each.needed), unit.refused)
        for subject, sentence in unit.told:
            yield (
                subject,
                sentence
                if kept and left is None
                else f"not in the specification: {left or 'what it belongs to is not'}",
            )
        yield from told(unit.inside or [], kept and left is None)


def account(units: list[Unit], ledger: Ledger) -> None:
    """Enter what the units carry, and why they do not where they were refused."""
    for unit in units:
        part = next((each for each in unit.parts if each.refused and each.needed), None)
        whole = unit.refused or (part.refused if part is not None else None)
        if whole is not None:
            for path in unit.says():
                ledger.leave(path, whole)
            continue
        for each in (*unit.parts, *unit.notes):
            if each.refused is None:
                ledger.carry(each.says)
            else:
                for path in each.says:
                    ledger.leave(path, each.refused)
        ledger.carry(unit.doc_says)
        account(unit.inside or [], ledger)
