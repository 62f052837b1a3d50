"""Other services: where they are, how they are called, and what is agreed with them."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.sides import Sides, match
from bdc.ir import DeployText, External, ExternalOperation

_SETTINGS = (
    "timeout",
    "retry",
    "first_pause",
    "longest_pause",
    "failures",
    "open",
    "bulkhead",
)
_AGREED = {
    "method": "method",
    "path": "path",
    "parameters": "arguments",
    "returns": "answer",
    "returns_nullable": "answer",
    "idempotent": "key",
    "fallback": "fallback",
}
_VARIABLES = "Set the variables of its address and its secrets before the new version is rolled out."


def external_changes(sides: Sides) -> Iterator[Change]:
    """Yield what changes about other services."""
    found = match(sides.old.externals, sides.new.externals, lambda each: each.name)
    for gone in found.removed:
        yield Change("behaviour.external-removed", _place(gone), f"{_place(gone)} is no longer called")
    for new in found.added:
        yield Change(
            "behaviour.external-added", _place(new), f"{_place(new)} may be called", _VARIABLES, new.origin
        )
    for old, new in found.both:
        yield from _changed(old, new)


def _place(external: External) -> str:
    return f"external {external.name}"


def _changed(old: External, new: External) -> Iterator[Change]:
    place = _place(new)
    if old.address != new.address:
        message = f"{place} is at {_said(new.address)} instead of {_said(old.address)}"
        yield Change("behaviour.external-moved", place, message, _VARIABLES, new.origin)
    if old.auth != new.auth:
        message = f"callers show themselves to {place} otherwise"
        yield Change("behaviour.external-moved", f"{place} auth", message, _VARIABLES, new.origin)
    for name in _SETTINGS:
        was, now = getattr(old, name), getattr(new, name)
        if was != now:
            message = f"`{name}` of {place} is {now:g} instead of {was:g}"
            yield Change("behaviour.external-setting-changed", f"{place} {name}", message, "", new.origin)
    operations = match(old.operations, new.operations, lambda each: each.name)
    for gone in operations.removed:
        message = f"{new.name}.{gone.name} is no longer offered"
        yield Change("behaviour.external-operation-removed", f"{place} {gone.name}", message, "", new.origin)
    for added in operations.added:
        message = f"{new.name}.{added.name} may be called"
        yield Change("behaviour.external-operation-added", f"{place} {added.name}", message, "", new.origin)
    for before, after in operations.both:
        yield from _agreed(new, before, after)


def _agreed(external: External, old: ExternalOperation, new: ExternalOperation) -> Iterator[Change]:
    changed = {words: None for name, words in _AGREED.items() if getattr(old, name) != getattr(new, name)}
    for words in changed:
        message = f"the {words} of {external.name}.{new.name} has changed"
        place = f"{_place(external)} {new.name} {words}"
        yield Change("behaviour.external-operation-changed", place, message, "", external.origin)


def _said(text: DeployText) -> str:
    return f"${text.variable}" if text.variable else text.text
