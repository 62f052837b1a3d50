"""A document → a draft of a specification."""

import re
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from bdc.importing.draft import Ledger, Part, Unit
from bdc.importing.names import Unique
from bdc.importing.openapi.bundle import Bundle
from bdc.importing.openapi.context import ImportContext, component_shapes, type_name
from bdc.importing.openapi.elements import elements
from bdc.importing.openapi.load import OpenApiError, document
from bdc.importing.openapi.operations import operation_unit
from bdc.importing.openapi.outside import outside, with_envelope
from bdc.importing.openapi.place import Place
from bdc.importing.openapi.profile import Outside
from bdc.importing.openapi.reasons import usual_reasons
from bdc.importing.openapi.resources import INTERNAL, Served, given_members, resource_unit
from bdc.importing.openapi.schemas import assign_roles, component_units
from bdc.importing.openapi.security import Security
from bdc.importing.openapi.served import Operation, Resource, operations, resources
from bdc.importing.text import quoted
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class OpenApiDraft:
    """`added`: what the specification has that the document has not; how operations differ among it."""

    units: list[Unit]
    ledger: Ledger
    added: tuple[str, ...]


def openapi_draft(data: bytes, source: Path, name: str) -> OpenApiDraft:
    """Return the draft of a document. Raises OpenApiError."""
    try:
        return _draft(data, source, name)
    except RecursionError as error:
        raise OpenApiError("it is nested too deeply, or refers to itself") from error


def _draft(data: bytes, source: Path, name: str) -> OpenApiDraft:
    found, told = document(data)
    bundle = Bundle(found, source)
    bundle.run()
    root = Place("", found, found)
    ledger = Ledger(tuple(dict.fromkeys(elements(found))))
    context = ImportContext(root, ledger, component_shapes(root))
    every = with_envelope(operations(root))
    served, others = resources(context.shapes, every)
    context.outside = outside(served)
    _wrap(served, context.outside)
    assign_roles(context, {resource.entity: resource.key for resource in served}, bool(every))
    context.given = {each.entity: given for each in served if (given := given_members(each)) is not None}
    units = component_units(context)
    added = [f"the file: {told}"] if told else []
    added += [
        f"`{reference}`: it was not read, and nothing is fetched from the network"
        for reference in dict.fromkeys(bundle.missing)
    ]
    if every:
        made, notes = _api(context, root, served, others, name)
        units += [*context.made, *made]
        added += notes
    else:
        units += context.made
        _schemes_alone(context, root)
    for path in ("paths", "components"):
        if path in ledger.elements:
            ledger.leave(path, "there is nothing in it")
    added += dict.fromkeys(context.added)
    usual_reasons(ledger, root)
    ledger.leave("components/schemas", "each use says it")
    head = [Unit([Part("bds 1")]), _module(root, name, bool(every)), Unit([Part("")])]
    return OpenApiDraft([*head, *units], ledger, tuple(added))


def _wrap(served: list[Resource], found: Outside) -> None:
    """Let operations of resources read what is given from its envelope."""
    for resource in served if found.wrapped else ():
        for word, operation in resource.words.items():
            resource.words[word] = replace(operation, wrapped=True)


def _module(root: Place, name: str, guarded: bool) -> Unit:
    info = root / "info"
    unit = Unit([Part(f"module {name}" + ("" if guarded else " @unguarded"))])
    keys = [key for key in ("title", "summary", "description") if (info.text(key) or "").strip()]
    unit.doc = tuple(line for key in keys for line in (info.text(key) or "").strip().split("\n"))
    unit.doc_says = tuple(f"info/{key}" for key in keys)
    return unit


def _schemes_alone(context: ImportContext, root: Place) -> None:
    context.ledger.leave("components/securitySchemes", "the document has no operations")
    context.ledger.leave("security", "the document has no operations")


def _api(
    context: ImportContext, root: Place, served: list[Resource], others: list[Operation], name: str
) -> tuple[list[Unit], list[str]]:
    security = Security(root, context)
    security.read()
    caller = context.new_type("Caller")
    api = _head(context, root, name)
    api.put(Unit([Part(f"auth {security.auth()}", needed=True)]))
    profile = context.outside.unit()
    if profile is not None:
        api.put(profile)
    made = [resource_unit(context, security, resource) for resource in served]
    for each in made:
        api.put(each.unit)
    names = Unique()
    for operation in others:
        unit = operation_unit(context, security, operation, names)
        if unit is not None:
            api.put(unit)
    _references(context, served, made)
    entity = Unit(
        [Part(f"entity {caller}", needed=True)],
        [Unit([Part("id: uuid = uuid7()", needed=True), Part("@id", needed=True)])],
        ("A caller of the api.",),
    )
    hidden = (
        [
            Unit(
                [Part(f"role {INTERNAL}")],
                doc=("No token has this role: it may read fields that callers only write.",),
            )
        ]
        if any(each.hidden for each in made)
        else []
    )
    units = [entity, *security.units(caller, name), *hidden, *(each.policy for each in made), api]
    return units, [f"entity `{caller}` with the identity: callers are rows of it"]


def _references(context: ImportContext, served: list[Resource], made: list[Served]) -> None:
    """Let roles that create or change a row refer to the rows that it refers to."""
    policies = {resource.entity: each for resource, each in zip(served, made, strict=True)}
    for entity, each in policies.items():
        units = [
            unit
            for unit in each.policy.inside or ()
            if unit.parts[0].text.startswith(("allow create", "allow update"))
        ]
        found = (role for unit in units for role in unit.parts[0].text.partition(" to ")[2].split(", "))
        roles = ", ".join(dict.fromkeys(found))
        for other in context.refers.get(entity, ()) if roles else ():
            if other in policies:
                policies[other].policy.put(Unit([Part(f"allow refer to {roles}")]))


def _head(context: ImportContext, root: Place, name: str) -> Unit:
    info = root / "info"
    version = re.match(
        r"v?(\d{1,4})", str(info.value.get("version", "1")) if isinstance(info.value, dict) else "1"
    )
    number = int(version[1]) if version else 1
    path = _base(root)
    unit = Unit(
        [
            Part(
                f"api {context.names.take(type_name(name), f'{type_name(name)}Api')} v{max(number, 1)}",
                ("info/version",),
                needed=True,
            ),
            Part(f"at {quoted(path)}", needed=True),
        ]
    ).block()
    if path != "/":
        unit.parts[1].says = ("servers/0/url",)
    return unit


def _base(root: Place) -> str:
    """The path under which the operations are: that of the first server."""
    for server in (root / "servers").items():
        url = server.text("url") or ""
        if "{" not in url:
            try:
                return urlsplit(url).path.rstrip("/") or "/"
            except ValueError:
                return "/"
    return "/"
