"""What many operations and events share: rows, structs and enums, each compared once however often it stands somewhere."""

from collections.abc import Iterator
from itertools import chain

from bdc.changes.change import Change
from bdc.changes.enums import Codes, compare_enums
from bdc.changes.members import Body, compare_members
from bdc.changes.scale import Severity
from bdc.changes.shapes import field_origin, struct_members
from bdc.changes.sides import Sides
from bdc.changes.wire import Pair
from bdc.ir import Entity
from bdc.source.records import dataclass
from bdc.surface import read_members

_KEEP = "Keep it, marked `@deprecated`, until no client uses it."


@dataclass(frozen=True, slots=True)
class Family:
    """The codes of one surface: what those of members begin with, and those of values; `read` is what goes out, `written` what
    comes in. `etags`: whether rows have versions there."""

    read: str
    read_values: Codes
    written: str
    written_values: Codes
    etags: bool


REST = Family(
    "rest.property-",
    Codes("rest.answer-value-added", "rest.answer-value-removed", "rest.enum-value-renamed"),
    "rest.input-",
    Codes("rest.input-value-added", "rest.input-value-removed", "rest.enum-value-renamed"),
    etags=True,
)
_PAYLOAD = Codes("events.value-added", "events.value-removed", "events.value-renamed")
EVENTS = Family("events.member-", _PAYLOAD, "events.member-", _PAYLOAD, etags=False)


class Named:
    """Pairs of named types, entered while operations are compared and while the types themselves are."""

    def __init__(self, sides: Sides, family: Family) -> None:
        self._sides = sides
        self._family = family
        self._met: dict[tuple[Pair, bool], None] = {}

    def follow(self, pair: Pair, *, incoming: bool) -> None:
        """Enter a pair that an operation reads (`incoming`) or answers with."""
        self._met.setdefault((pair, incoming))

    def changes(self) -> Iterator[Change]:
        """Yield the changes of all that was entered, and of what that leads to."""
        found: list[Change] = []
        done = 0
        while done < len(self._met):
            met = list(self._met)[done:]
            done += len(met)
            found.extend(chain.from_iterable(self._pair(pair, incoming) for pair, incoming in met))
        yield from _without_echoes(found)

    def _pair(self, pair: Pair, incoming: bool) -> Iterator[Change]:
        match pair.kind:
            case "entity":
                yield from self._entity(pair)
            case "struct":
                yield from self._struct(pair, incoming)
            case _:
                values = self._family.written_values if incoming else self._family.read_values
                yield from compare_enums(self._sides, pair, values)

    def _entity(self, pair: Pair) -> Iterator[Change]:
        old, new = self._sides.old.entity(pair.old), self._sides.new.entity(pair.new)
        if self._family.etags and old.versioned != new.versioned:
            yield _etag(old, new)
        before, after = read_members(self._sides.old, old), read_members(self._sides.new, new)
        body = Body(
            codes=self._family.read,
            place=pair.new,
            incoming=False,
            renames=self._sides.renames,
            follow=self.follow,
            origin_of=lambda member: field_origin(member.field, new, old),
            entity=pair.new,
            keep=_KEEP,
        )
        yield from compare_members(body, before, after)

    def _struct(self, pair: Pair, incoming: bool) -> Iterator[Change]:
        old, new = self._sides.old.struct(pair.old), self._sides.new.struct(pair.new)
        body = Body(
            codes=self._family.written if incoming else self._family.read,
            place=pair.new,
            incoming=incoming,
            renames=self._sides.renames,
            follow=self.follow,
            origin_of=lambda member: new.origin,
            entity=pair.new,
            keep=_KEEP,
        )
        yield from compare_members(body, struct_members(old), struct_members(new))


def _etag(old: Entity, new: Entity) -> Change:
    place = f"{new.name} ETag"
    if new.versioned:
        message = f"answers about {new.name} have an ETag, and If-Match is looked at"
        return Change("rest.etag-added", place, message, origin=new.origin)
    message = f"answers about {new.name} have no ETag, and If-Match is not looked at"
    remedy = "Keep `@versioned`: clients that send If-Match rely on a refusal when the row has changed."
    return Change("rest.etag-removed", place, message, remedy, new.origin)


def _without_echoes(found: list[Change]) -> Iterator[Change]:
    """A struct or an enum goes both ways: what is harmless one way is not worth a line when it is not the other way."""
    grave = {change.place for change in found if change.severity is not Severity.COMPATIBLE}
    for change in dict.fromkeys(found):
        if change.severity is not Severity.COMPATIBLE or change.place not in grave:
            yield change
