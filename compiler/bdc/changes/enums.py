"""Values of an enum, under the codes of each surface."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.sides import Sides, match
from bdc.changes.wire import Pair
from bdc.ir import EnumDecl, EnumValue
from bdc.ir.entity import label_of
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of one surface."""

    added: str
    removed: str
    renamed: str


def compare_enums(sides: Sides, pair: Pair, codes: Codes) -> Iterator[Change]:
    """Yield the values that only one side has, and those that are sent otherwise: as they are stored (`@value`), whatever they are called."""
    old, new = sides.old.enum(pair.old), sides.new.enum(pair.new)
    if [label_of(value) for value in old.values] == [label_of(value) for value in new.values]:
        return

    def before(value: EnumValue) -> object:
        return sides.renames.value(new.name, value.name)

    found = match(old.values, new.values, lambda value: value.name, before)
    for gone in found.removed:
        message = f"{new.name} no longer has a value `{gone.name}`"
        remedy = "Keep it, marked `@deprecated`, until no client sends it."
        yield Change(codes.removed, _place(new, gone), message, remedy, new.origin)
    for added in found.added:
        message = f"{new.name} has a new value `{added.name}`"
        yield Change(codes.added, _place(new, added), message, _unknown(codes.added), new.origin)
    for was, now in found.both:
        before_text, text = label_of(was), label_of(now)
        if before_text != text:
            message = f"the value `{before_text}` of {new.name} is called `{text}`"
            remedy = f"Add `{text}` beside `{before_text}`, and retire the old one when no client sends it."
            cause = sides.renames.cause(new.name, now.name)
            yield Change(codes.renamed, _place(new, was), message, remedy, new.origin, cause=cause)


def _place(enum: EnumDecl, value: EnumValue) -> str:
    return f"{enum.name}.{value.name}"


def _unknown(code: str) -> str:
    """Only a reader can meet a value that he does not know."""
    return (
        ""
        if code.startswith("rest.input")
        else "Tell readers first: a client may meet a value that it does not know."
    )
