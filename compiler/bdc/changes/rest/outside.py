"""How an api looks to its callers: profiles, envelopes, and what rows show."""

from collections.abc import Iterable, Iterator

from bdc.changes.change import Change
from bdc.changes.sides import Sides
from bdc.ir import Api, Profile, ShowMember, SystemIR
from bdc.surface import Endpoint, Kind, read_members
from bdc.surface.outside import PLAIN, Wire, shown_at
from bdc.surface.wire import wires_of

_KEEP = "Serve both forms for a while: an api of another version may look as this one did."
_MEANING = {
    "names": "members and parameters are written in another case",
    "envelope": "rows stand in a member, or no longer do",
    "errors": "refusals have another form",
    "invalid": "what a request says wrongly has another status",
    "update": "changes have another method",
    "created": "a new row has another status",
    "deleted": "a deletion has another status",
    "scheme": "another word stands before a token",
    "sign_up": "sign-up has another path",
    "sign_in": "sign-in has another path",
    "token": "the token stands in another member",
    "password": "another password is set by another member",
}


def profile_changes(old: Api, new: Api) -> Iterator[Change]:
    """Yield each way in which an api looks otherwise."""
    before, after = old.profile or PLAIN, new.profile or PLAIN
    for name in Profile.model_fields:
        was, now = getattr(before, name), getattr(after, name)
        if was != now:
            message = f"{_MEANING[name]}: `{name}` is {_words(now)} instead of {_words(was)}"
            yield Change("rest.profile-changed", f"{new.path} {name}", message, _KEEP, new.origin)


def _words(value: object) -> str:
    return "not set" if value is None else f"`{str(value).lower() if isinstance(value, bool) else value}`"


def outside(sides: Sides, old: Endpoint, new: Endpoint, where: str) -> Iterator[Change]:
    """Yield how the answers of one operation look otherwise."""
    before, after = _wire(sides.old, old), _wire(sides.new, new)
    origin = new.resource.origin if new.resource else new.operation.origin if new.operation else None
    names = [(each.one, each.many, each.within) if each else ("", "", "") for each in (before, after)]
    if names[0] != names[1]:
        message = f"{new.id} has {_held(names[1])} instead of {_held(names[0])}"
        yield Change("rest.envelope-changed", where, message, _KEEP, origin)
    if not any(each.resource is not None and each.resource.shows for each in (old, new)):
        return
    was = set(_shown(sides.old, old))
    now = {_old_name(sides, new, name) for name in _shown(sides.new, new)}
    for name in sorted(was - now):
        message = f"{new.id} no longer shows `{name}`"
        yield Change("rest.shown-removed", f"{where} {name}", message, _KEEP, origin)
    for name in sorted(now - was):
        yield Change("rest.shown-added", f"{where} {name}", f"{new.id} shows `{name}`", origin=origin)


def _old_name(sides: Sides, endpoint: Endpoint, name: str) -> str:
    first, dot, rest = name.partition(".")
    return sides.renames.field(endpoint.entity.name, first) + dot + rest if endpoint.entity else name


def _shown(system: SystemIR, endpoint: Endpoint) -> Iterator[str]:
    """Yield the fields that rows show, those of related rows as paths."""
    if endpoint.entity is None or endpoint.kind is Kind.DELETE:
        return
    position = "self" if endpoint.single else "list" if endpoint.kind is Kind.LIST else "row"
    show = shown_at(endpoint.resource, position)
    if show is None:
        yield from (member.field for member in read_members(system, endpoint.entity))
    else:
        yield from _names(show.members, "")


def _names(members: Iterable[ShowMember], before: str) -> Iterator[str]:
    for each in members:
        yield f"{before}{each.field}"
        yield from _names(each.members or (), f"{before}{each.field}.")


def _wire(system: SystemIR, endpoint: Endpoint) -> Wire | None:
    return wires_of(system).of(endpoint.method, endpoint.path)


def _held(names: tuple[str, ...]) -> str:
    found = [f"`{name}`" for name in dict.fromkeys(names) if name]
    return f"its rows in {' and '.join(found)}" if found else "no envelope"
