"""Query and mutation fields: get and list of each resource, its writes, and the operations of the api."""

from collections.abc import Iterator

from bdc.ir import (
    Entity,
    EntityType,
    Operation,
    Parameter,
    ReferenceField,
    Resource,
    ScalarField,
)
from bdc.ir import (
    Page as PageSettings,
)
from bdc.naming.casing import pascal, snake
from bdc.naming.casing import plural as plural_of
from bdc.naming.graphql import field_name, list_name, reference_name
from bdc.naming.references import key_member
from bdc.surface.addresses import address, around_fields
from bdc.surface.graphql.names import argument_name, operation_name, query_name, spoken
from bdc.surface.graphql.scalars import Types
from bdc.surface.graphql.tree import Argument, Call, Field, Get, ListOf, Named, Page, TypeRef
from bdc.surface.names import surface_names
from bdc.surface.nearest import NEAREST, numbers_of, order_name

IF_MATCH = Argument("ifMatch", "if_match", Named("Int", True), "Refuse when the row's version is another.")
IDEMPOTENCY_KEY = Argument(
    "idempotencyKey",
    "idempotency_key",
    Named("String", True),
    "Calls with the same key are performed once; the others get the first one's answer.",
)


def query_fields(types: Types, resource: Resource, *, filtered: bool, sorted_: bool) -> Iterator[Field]:
    """Yield `order(id)` and `orders(first, after, filter, sort, search)`, as far as the resource offers them."""
    entity = types.system.entity(resource.entity)
    called = spoken(types.system, entity)
    single = query_name(called.name, called.graphql)
    constants = surface_names(types.system).operations
    if "get" in resource.operations:
        doc = f"One {entity.stored} by key; null when there is none that the caller may read."
        meaning = Get(entity.name, constants[entity.name, "get"], resource.replica)
        row = types.row(entity.name, True)
        yield Field(single, single, row, meaning, doc, arguments=key_arguments(types, entity))
    if "list" in resource.operations:
        plural = list_name(plural_of(called.graphql) if called.graphql else entity.plural)
        name = plural if plural != single else f"all{pascal(plural)}"
        arguments = tuple(_page_arguments(types.name(entity.name), resource, filtered, sorted_))
        doc = resource.doc or f"The {entity.stored} rows that the caller may read, page by page."
        keys = around_arguments(types, entity)
        type_ = Named(f"{types.row(entity.name).name}Connection", bool(keys))
        permission = constants[entity.name, "list"]
        page = Page(
            entity.name,
            resource.page.default,
            resource.page.max,
            permission,
            resource.order,
            resource.search_prefix,
            resource.search_rank,
            len(keys),
            resource.replica,
            order_name(resource.nearest) if resource.nearest is not None else "",
            numbers_of(types.system, resource),
        )
        yield Field(name, name, type_, page, doc, arguments=(*keys, *arguments))


def _page_arguments(entity: str, resource: Resource, filtered: bool, sorted_: bool) -> Iterator[Argument]:
    page: PageSettings = resource.page
    yield Argument("first", "first", Named("Int"), f"How many rows, at most {page.max}.", page.default)
    yield Argument("after", "after", Named("String", True), "A cursor: the page begins behind it.")
    if page.kind == "offset":
        yield Argument("offset", "offset", Named("Int", True), "How many rows to leave out before the page.")
    if filtered:
        yield Argument("filter", "filter", Named(f"{entity}Filter", True))
    if sorted_:
        yield Argument("sort", "sort", Named(f"{entity}Sort", True))
    if resource.search:
        yield Argument("search", "search", Named("String", True), "Words that the rows must contain.")
    if resource.nearest is not None:
        doc = f"The first rows are those whose `{resource.nearest.field}` is nearest to it."
        yield Argument(NEAREST, NEAREST, ListOf(Named("Float"), True), doc)


def key_arguments(types: Types, entity: Entity) -> tuple[Argument, ...]:
    """Return one argument for each value that names a row in paths: `id`, `slug`, or `productId, tagId`; first those of the rows that
    it stands under."""
    found = list(around_arguments(types, entity))
    names = address(types.system, entity)
    for name in names:
        field = entity.field(name)
        if isinstance(field, ReferenceField):
            source = key_member(name)
            called = reference_name(name, field.graphql)
            type_: TypeRef = types.key(types.system.entity(field.target))
        else:
            source, called = name, field_name(name, field.graphql)
            type_ = types.key(entity) if entity.key == names == (name,) else _part_type(types, entity, name)
        found.append(Argument(called, source, type_))
    return tuple(found)


def around_arguments(types: Types, entity: Entity) -> tuple[Argument, ...]:
    """Return one argument for each value that names the rows which a row stands under."""
    return tuple(
        Argument(
            field_name(name, None),
            name,
            types.key(owner) if owner.key == (field.name,) else _part_type(types, owner, field.name),
        )
        for name, owner, field in around_fields(types.system, entity)
    )


def _part_type(types: Types, entity: Entity, name: str) -> TypeRef:
    field = entity.field(name)
    if isinstance(field, ReferenceField):
        return types.key(types.system.entity(field.target))
    if not isinstance(field, ScalarField):
        raise ValueError(f"{entity.name}.{name} cannot be part of a key")
    return types.of(field.type, False)


def mutation_fields(types: Types, resource: Resource) -> Iterator[Field]:
    """Yield create, update, delete and the custom operations, as far as the resource offers them."""
    entity = types.system.entity(resource.entity)
    keys = key_arguments(types, entity)
    match_ = (IF_MATCH,) if entity.versioned else ()
    row, named = types.row(entity.name, True), types.name(entity.name)
    constants = surface_names(types.system).operations
    if "create" in resource.operations and resource.create is not None:
        input_ = Argument("input", "input", Named(f"Create{named}Input"))
        outer = around_arguments(types, entity)
        call = Call(constants[entity.name, "create"], "create", entity.name, keys=len(outer), row=entity.name)
        yield _write(f"create{named}", row, call, (*outer, input_, IDEMPOTENCY_KEY))
    if "update" in resource.operations and resource.update is not None:
        input_ = Argument("input", "input", Named(f"Update{named}Input"), "Only what is given changes.")
        call = Call(constants[entity.name, "update"], "update", entity.name, keys=len(keys), row=entity.name)
        yield _write(f"update{named}", row, call, (*keys, input_, *match_))
    if "delete" in resource.operations:
        call = Call(constants[entity.name, "delete"], "delete", None, keys=len(keys), row=entity.name)
        yield _write(f"delete{named}", Named("Boolean", True), call, (*keys, *match_))
    for operation in resource.custom:
        yield _custom(types, entity, operation, keys, match_)


def _write(name: str, type_: TypeRef, call: Call, arguments: tuple[Argument, ...]) -> Field:
    return Field(name, snake(name), type_, call, arguments=arguments)


def _custom(
    types: Types,
    entity: Entity,
    operation: Operation,
    keys: tuple[Argument, ...],
    match_: tuple[Argument, ...],
) -> Field:
    name = operation_name(operation, types.name(entity.name))
    returned = operation.returns.name if isinstance(operation.returns, EntityType) else None
    constant = surface_names(types.system).operations[entity.name, operation.name]
    call = Call(constant, "custom", returned, keys=len(keys), row=entity.name)
    arguments = _beside(types, operation, keys, (*match_, *_idempotency(operation)))
    result = _result(types, operation, True)
    return Field(name, snake(name), result, call, operation.doc, operation.deprecated, arguments)


def _beside(
    types: Types, operation: Operation, keys: tuple[Argument, ...], protocol: tuple[Argument, ...]
) -> tuple[Argument, ...]:
    """Return all arguments: a parameter that is called like the key or an argument of the protocol steps aside."""
    taken = {each.name for each in (*keys, *protocol)}
    parameters = (parameter(types, each, taken) for each in operation.parameters)
    return (*keys, *parameters, *protocol)


def top_level(types: Types, operation: Operation) -> Field:
    """Return the field of an operation that stands in no resource. As a query its result is as it was declared; as a
    mutation it may be null, so that one refusal does not undo the answers of the others."""
    returned = operation.returns.name if isinstance(operation.returns, EntityType) else None
    call = Call(
        surface_names(types.system).operations[None, operation.name],
        "call",
        returned,
        replica=operation.replica,
    )
    arguments = _beside(types, operation, (), _idempotency(operation))
    nullable = operation.writes or operation.returns_nullable or returned is not None
    name = operation_name(operation, None)
    return Field(
        name,
        operation.name,
        _result(types, operation, nullable),
        call,
        operation.doc,
        operation.deprecated,
        arguments,
    )


def _result(types: Types, operation: Operation, nullable: bool) -> TypeRef:
    if operation.returns is None:
        return Named("Boolean", nullable)
    return types.of(operation.returns, nullable)


def _idempotency(operation: Operation) -> tuple[Argument, ...]:
    return (IDEMPOTENCY_KEY,) if operation.idempotent else ()


def parameter(types: Types, declared: Parameter, taken: set[str]) -> Argument:
    """Return the argument of a declared parameter; one that has a default may be left out."""
    nullable = declared.nullable or declared.default is not None
    name = argument_name(declared, taken)
    return Argument(name, declared.name, types.of(declared.type, nullable, input_=True), declared.doc)
