"""`api/controllers/`: one thin module per resource: parse, authorize, execute, respond."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from bdc.ir import Api, ArrayType, Entity, Operation, OwnList, Resource, ScalarType, SystemIR
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates, python_literal
from bdc.source.records import dataclass
from bdc.surface import Bound, bound_members, is_json_text
from bdc.surface.addresses import address_fields, around_fields, own_key_kind
from bdc.surface.bindings import expandable, is_plain_body, takes_body
from bdc.surface.endpoints import method_of
from bdc.surface.logical import scalar_name
from bdc.surface.names import controller_of, list_key, own_key, surface_names
from bdc.surface.outside import reads_shown
from bdc_emitters.service.routes import (
    collection_path,
    custom_path,
    own_list_path,
    row_path,
    single_path,
)

TEMPLATES = Templates("bdc_emitters.service")


@dataclass(frozen=True, slots=True)
class KeyView:
    """A part of the key: its path parameter and the reader of its text."""

    member: str
    parse: str


@dataclass(frozen=True, slots=True)
class ArgumentView:
    """`kind` is the scalar that the text is read as; `many`: a comma-separated list; `place` and `wire`: where it stands."""

    name: str
    kind: str
    many: bool
    place: str
    wire: str


@dataclass(frozen=True, slots=True)
class EndpointView:
    """One endpoint. Exactly one of `is_list`, `is_get`, `is_create`, `is_update`, `is_delete`, `is_custom`. Of a custom one:
    `body` and `optional_body` when the body carries all arguments, else `bound`, and where `arguments` stand; `takes_body`:
    whether there is a body at all. `expands`: whether a caller may ask for related rows. `selects`: whether it may say which members of
    a row it wants. `nested`: its path names the rows that its rows stand under.
    `conditional`: its answers have an ETag of what they hold. `is_own`: it is about the row of the caller, whose key is read as `own` ('':
    the statement finds the row); `by_key`: that is the key, and not what names rows in other paths. `presets`: filters that a list has,
    whatever its caller asks; `of_caller`: they follow from the caller. `minimal`: a request may ask for no body.
    `replica`: a replica of the database may answer."""

    function: str
    constant: str
    resource: str
    summary: str
    method: str
    path: str
    collection: str
    keyed: bool
    body: bool
    optional_body: bool
    versioned: bool
    idempotent: bool
    arguments: tuple[ArgumentView, ...]
    bound: bool = False
    takes_body: bool = False
    expands: bool = False
    selects: bool = False
    is_list: bool = False
    is_get: bool = False
    is_create: bool = False
    is_update: bool = False
    is_delete: bool = False
    is_custom: bool = False
    nested: bool = False
    conditional: bool = False
    is_own: bool = False
    own: str = ""
    by_key: bool = False
    presets: tuple[tuple[str, str], ...] = ()
    of_caller: bool = False
    minimal: bool = False
    replica: bool = False

    @property
    def place(self) -> str:
        """The path that a new row stands under, as an expression."""
        path = python_literal(self.collection)
        return f"parse.path(request, {path})" if self.nested else path


@dataclass(frozen=True, slots=True)
class ControllerView:
    title: str
    doc: str
    around: tuple[KeyView, ...]
    keys: tuple[KeyView, ...]
    location: tuple[str, ...]
    endpoints: tuple[EndpointView, ...]
    presets: bool = False
    minimal: bool = False


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the package."""
    yield GeneratedFile("api/controllers/__init__.py", TEMPLATES.render("controllers_package.py.j2", None))
    names = surface_names(system)
    for api in system.apis:
        for resource in api.resources:
            view = _controller(system, api, resource)
            path = f"api/controllers/{names.controllers[resource.entity]}.py"
            yield GeneratedFile(path, TEMPLATES.render("controller.py.j2", view))
        if api.operations:
            endpoints = tuple(_custom(system, api, None, op, None) for op in api.operations)
            view = ControllerView(api.name, "Operations outside resources.", (), (), (), endpoints)
            path = f"api/controllers/{controller_of(names, api)}.py"
            yield GeneratedFile(path, TEMPLATES.render("controller.py.j2", view))


def _controller(system: SystemIR, api: Api, resource: Resource) -> ControllerView:
    entity = system.entity(resource.entity)
    fields = address_fields(system, entity)
    plain = [_plain(system, api, resource, name) for name in resource.operations]
    plain += [_own_list(system, api, resource, each) for each in resource.lists]
    plain += [_own(system, api, resource, name) for name in _of_caller(resource)]
    custom = (_custom(system, api, entity, operation, resource) for operation in resource.custom)
    return ControllerView(
        title=f"`{collection_path(api, resource)}`",
        doc=resource.doc or entity.doc,
        around=tuple(
            KeyView(name, scalar_name(system, field) or "text")
            for name, _, field in around_fields(system, entity)
        ),
        keys=tuple(KeyView(field.member, scalar_name(system, field) or "text") for field in fields),
        location=tuple(field.member for field in fields),
        endpoints=(*plain, *custom),
        presets=bool(resource.lists),
        minimal=resource.minimal,
    )


def _of_caller(resource: Resource) -> tuple[str, ...]:
    return resource.single.operations if resource.single is not None else ()


def _own_list(system: SystemIR, api: Api, resource: Resource, own: OwnList) -> EndpointView:
    """Return the endpoint of a list where some filters are given."""
    function = surface_names(system).endpoints[list_key(resource, own.name)]
    return replace(
        _plain(system, api, resource, "list", function),
        summary=own.doc or f"List rows of {resource.entity}: {own.name}.",
        path=own_list_path(api, own),
        presets=tuple((each.filter, each.value) for each in own.presets),
        of_caller=own.of_caller,
    )


def _own(system: SystemIR, api: Api, resource: Resource, name: str) -> EndpointView:
    """Return the endpoint on the row of the caller. Where a field names rows in other paths, a write finds its row by the caller."""
    entity, names = system.entity(resource.entity), surface_names(system)
    named = _plain(system, api, resource, name, names.endpoints[own_key(resource, name)])
    return replace(
        named,
        summary=f"{name.capitalize()} the caller's own row of {entity.name}.",
        path=single_path(api, resource),
        own=own_key_kind(system, resource, name),
        is_own=True,
        replica=name == "get" and resource.single is not None and resource.single.replica,
        by_key=bool(resource.operations),
    )


def _plain(
    system: SystemIR, api: Api, resource: Resource, name: str, function: str | None = None
) -> EndpointView:
    entity, names = system.entity(resource.entity), surface_names(system)
    collection = collection_path(api, resource)
    kind: dict[str, Any] = {f"is_{name}": True}
    return EndpointView(
        function=function or names.endpoints[entity.name, name],
        constant=names.operations[entity.name, name],
        resource=names.entities[entity.name],
        summary=f"{name.capitalize()} {'rows' if name == 'list' else 'one row'} of {entity.name}.",
        method=method_of(api, name),
        path=collection if name in ("list", "create") else row_path(system, api, resource, entity),
        collection=collection,
        keyed=name in ("get", "update", "delete"),
        body=name in ("create", "update"),
        optional_body=False,
        versioned=entity.versioned and name in ("update", "delete"),
        idempotent=name == "create",
        arguments=(),
        expands=bool(resource.expand) and name in ("create", "update"),
        selects=(resource.selectable or resource.can or reads_shown(resource)) and name == "get",
        nested=resource.parent is not None,
        conditional=resource.conditional and name in ("list", "get"),
        minimal=resource.minimal and name in ("create", "update"),
        replica=resource.replica and name in ("list", "get"),
        **kind,
    )


def _custom(
    system: SystemIR, api: Api, entity: Entity | None, operation: Operation, resource: Resource | None
) -> EndpointView:
    plain = is_plain_body(operation)
    names, key = surface_names(system), (entity.name if entity else None, operation.name)
    required = any(not p.nullable and p.default is None for p in operation.parameters)
    return EndpointView(
        function=names.endpoints[key],
        constant=names.operations[key],
        resource=names.entities[entity.name] if entity else "",
        summary=operation.doc.strip() or f"Perform `{operation.name}`.",
        method=operation.http.method,
        path=custom_path(api, operation),
        collection="",
        keyed=entity is not None,
        body=plain and required,
        optional_body=plain and not required,
        versioned=entity is not None and entity.versioned,
        idempotent=operation.idempotent,
        arguments=() if plain else tuple(_argument(bound) for bound in bound_members(operation)),
        bound=not plain,
        takes_body=takes_body(operation),
        expands=bool(expandable(resource, operation)),
        minimal=bool(resource and resource.minimal) and operation.writes and operation.returns is not None,
        replica=operation.replica,
        is_custom=True,
    )


def _argument(bound: Bound) -> ArgumentView:
    logical = bound.type
    many = isinstance(logical, ArrayType) and not is_json_text(logical)
    item = logical.item if isinstance(logical, ArrayType) else logical
    kind = (
        "json" if is_json_text(logical) else item.scalar.value if isinstance(item, ScalarType) else "string"
    )
    return ArgumentView(bound.member.name, kind, many, bound.place, bound.wire)
