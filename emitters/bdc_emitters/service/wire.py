"""`api/wire.py`: how requests and answers look outside, where that differs from how the service has them inside."""

from collections.abc import Iterator
from dataclasses import fields

from bdc.ir import SystemIR
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.source.records import dataclass
from bdc.surface.outside import Wire
from bdc.surface.outside_sign_in import sign_in_paths
from bdc.surface.wire import Wires, is_wired, wires_of

TEMPLATES = Templates("bdc_emitters.service")
# What only a system has that looks otherwise outside.
RUNTIME = ("api/engine/wire/",)
_APART = ("id", "method", "path")
_MAPPINGS = ("statuses", "query", "more")
_DEFAULTS = {"total": "total", "cursor": "next_cursor"}


@dataclass(frozen=True, slots=True)
class TableView:
    name: str
    members: dict[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class ProfileView:
    prefix: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class OneView:
    method: str
    path: str
    arguments: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class WireView:
    tables: tuple[TableView, ...]
    profiles: tuple[ProfileView, ...]
    wires: tuple[OneView, ...]
    moved: dict[str, str]
    apart: dict[str, str]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the module; nothing where nothing looks otherwise."""
    if is_wired(system):
        found = wires_of(system)
        view = WireView(
            tables=tuple(TableView(name, table) for name, table in found.tables.items()),
            profiles=tuple(_profiles(system)),
            wires=tuple(OneView(each.method, each.path, _arguments(each)) for each in found.wires),
            moved=sign_in_paths(system),
            apart={api.graphql.path: _prefix(api.path) for api in system.apis if api.graphql},
        )
        yield GeneratedFile("api/wire.py", TEMPLATES.render("wire.py.j2", view))


def _profiles(system: SystemIR) -> Iterator[ProfileView]:
    for api in system.apis:
        profile = api.profile
        given: dict[str, object] = {}
        if profile is not None:
            given = {
                "errors": profile.errors if profile.errors != "problem" else None,
                "invalid": profile.invalid,
                "scheme": profile.scheme,
                "token": profile.token,
                "own": _own(system, api.path) if profile.token else None,
            }
        arguments = tuple(f"{name}={value!r}" for name, value in given.items() if value)
        yield ProfileView(_prefix(api.path), arguments)


def _prefix(path: str) -> str:
    return path.rstrip("/") + "/"


def _of_api(wires: Wires, path: str) -> Iterator[Wire]:
    yield from (each for each in wires.wires if each.path.startswith(_prefix(path)))


def _own(system: SystemIR, path: str) -> str | None:
    found = (each for each in _of_api(wires_of(system), path) if each.own and each.method == "GET")
    return next((each.path for each in found), None)


def _arguments(wire: Wire) -> tuple[str, ...]:
    """Return the arguments of the runtime's `Wire`; those that have its defaults are left out."""
    found: list[str] = []
    for field in fields(wire):
        value = getattr(wire, field.name)
        if field.name in _APART:
            continue
        if field.name == "outside":
            value = value if value != wire.path else ""
        if field.name == "query":
            found.append(f"query={dict(value)!r}")
        elif field.name == "values" and value:
            found.append(f"values={ {name: dict(each) for name, each in value}!r}")
        elif field.name in _MAPPINGS and value:
            found.append(f"{field.name}={dict(value)!r}")
        elif value and value != _DEFAULTS.get(field.name):
            found.append(f"{field.name}={value!r}")
    return tuple(found)
