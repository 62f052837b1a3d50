"""Query and mutation fields: get and list of each resource, its writes, and the operations of the api."""

from collections.abc import Iterator

from bdc.ir import (
    Entity,
    EntityType,
    EnumType,
    Operation,
    Parameter,
    ReferenceField,
    Resource,
    SystemIR,
)
from bdc.ir import (
    Page as PageSettings,
)
from bdc_emitters.graphql.names import camel, lower_first, pascal, plural_of, snake
from bdc_emitters.graphql.scalars import key_type, type_ref
from bdc_emitters.graphql.tree import Argument, Call, Field, Get, Named, Page, TypeRef

IF_MATCH = Argument("ifMatch", "if_match", Named("Int", True), "Refuse when the row's version is another.")
IDEMPOTENCY_KEY = Argument(
    "idempotencyKey",
    "idempotency_key",
    Named("String", True),
    "Calls with the same key are performed once; the others get the first one's answer.",
)


def query_fields(system: SystemIR, resource: Resource, *, filtered: bool, sorted_: bool) -> Iterator[Field]:
    """Yield `order(id)` and `orders(first, after, filter, sort, search)`, as far as the resource offers them."""
    entity = system.entity(resource.entity)
    single = lower_first(entity.name)
    constant = snake(entity.name).upper()
    if "get" in resource.operations:
        doc = f"One {entity.name} by key; null when there is none that the caller may read."
        type_ = Named(entity.name, True)
        yield Field(
            single,
            single,
            type_,
            Get(entity.name, f"{constant}_GET"),
            doc,
            arguments=key_arguments(system, entity),
        )
    if "list" in resource.operations:
        plural = plural_of(entity.plural)
        name = plural if plural != single else f"all{pascal(plural)}"
        arguments = tuple(_page_arguments(entity.name, resource, filtered, sorted_))
        doc = resource.doc or f"The {entity.name} rows that the caller may read, page by page."
        type_ = Named(f"{entity.name}Connection")
        page = Page(entity.name, resource.page.default, resource.page.max, f"{constant}_LIST")
        yield Field(name, name, type_, page, doc, arguments=arguments)


def _page_arguments(entity: str, resource: Resource, filtered: bool, sorted_: bool) -> Iterator[Argument]:
    page: PageSettings = resource.page
    yield Argument("first", "first", Named("Int"), f"How many rows, at most {page.max}.", page.default)
    yield Argument("after", "after", Named("String", True), "A cursor: the page begins behind it.")
    if filtered:
        yield Argument("filter", "filter", Named(f"{entity}Filter", True))
    if sorted_:
        yield Argument("sort", "sort", Named(f"{entity}Sort", True))
    if resource.search:
        yield Argument("search", "search", Named("String", True), "Words that the rows must contain.")


def key_arguments(system: SystemIR, entity: Entity) -> tuple[Argument, ...]:
    """Return one argument per part of the key: `id`, or `productId, tagId`."""
    found: list[Argument] = []
    for name in entity.key:
        field = entity.field(name)
        if isinstance(field, ReferenceField):
            source = f"{name}_id"
            type_: TypeRef = key_type(system, system.entity(field.target))
        else:
            source = name
            type_ = key_type(system, entity) if len(entity.key) == 1 else _part_type(entity, name)
        found.append(Argument(camel(source), source, type_))
    return tuple(found)


def _part_type(entity: Entity, name: str) -> TypeRef:
    field = entity.field(name)
    if not hasattr(field, "type"):
        raise ValueError(f"{entity.name}.{name} cannot be part of a key")
    return type_ref(field.type, False)


def mutation_fields(system: SystemIR, resource: Resource) -> Iterator[Field]:
    """Yield create, update, delete and the custom operations, as far as the resource offers them."""
    entity = system.entity(resource.entity)
    keys = key_arguments(system, entity)
    match_ = (IF_MATCH,) if entity.versioned else ()
    row = Named(entity.name, True)
    constant = snake(entity.name).upper()
    if "create" in resource.operations and resource.create is not None:
        input_ = Argument("input", "input", Named(f"Create{entity.name}Input"))
        yield _write(
            f"create{entity.name}",
            row,
            Call(f"{constant}_CREATE", "create", entity.name),
            (input_, IDEMPOTENCY_KEY),
        )
    if "update" in resource.operations and resource.update is not None:
        input_ = Argument("input", "input", Named(f"Update{entity.name}Input"), "Only what is given changes.")
        call = Call(f"{constant}_UPDATE", "update", entity.name, keys=len(keys), row=entity.name)
        yield _write(f"update{entity.name}", row, call, (*keys, input_, *match_))
    if "delete" in resource.operations:
        call = Call(f"{constant}_DELETE", "delete", None, keys=len(keys), row=entity.name)
        yield _write(f"delete{entity.name}", Named("Boolean", True), call, (*keys, *match_))
    for operation in resource.custom:
        yield _custom(entity, operation, keys, match_)


def _write(name: str, type_: TypeRef, call: Call, arguments: tuple[Argument, ...]) -> Field:
    return Field(name, snake(name), type_, call, arguments=arguments)


def _custom(
    entity: Entity, operation: Operation, keys: tuple[Argument, ...], match_: tuple[Argument, ...]
) -> Field:
    name = f"{camel(operation.name)}{entity.name}"
    returned = operation.returns.name if isinstance(operation.returns, EntityType) else None
    constant = f"{snake(entity.name)}_{operation.name}".upper()
    call = Call(constant, "custom", returned, keys=len(keys), row=entity.name)
    arguments = (*keys, *map(parameter, operation.parameters), *match_, *_idempotency(operation))
    return Field(
        name, snake(name), _result(operation, True), call, operation.doc, operation.deprecated, arguments
    )


def top_level(operation: Operation) -> Field:
    """Return the field of an operation that stands in no resource. As a query its result is as it was declared; as a
    mutation it may be null, so that one refusal does not undo the answers of the others."""
    returned = operation.returns.name if isinstance(operation.returns, EntityType) else None
    call = Call(operation.name.upper(), "call", returned)
    arguments = (*map(parameter, operation.parameters), *_idempotency(operation))
    nullable = operation.writes or operation.returns_nullable or returned is not None
    name = camel(operation.name)
    return Field(
        name,
        operation.name,
        _result(operation, nullable),
        call,
        operation.doc,
        operation.deprecated,
        arguments,
    )


def _result(operation: Operation, nullable: bool) -> TypeRef:
    if operation.returns is None:
        return Named("Boolean", nullable)
    return type_ref(operation.returns, nullable)


def _idempotency(operation: Operation) -> tuple[Argument, ...]:
    return (IDEMPOTENCY_KEY,) if operation.idempotent else ()


def parameter(declared: Parameter) -> Argument:
    """Return the argument of a declared parameter; one that has a default may be left out."""
    nullable = declared.nullable or declared.default is not None
    if isinstance(declared.type, EnumType) and not declared.type.labelled:
        type_: TypeRef = Named(declared.type.name, nullable)
    else:
        type_ = type_ref(declared.type, nullable, input_=True)
    return Argument(camel(declared.name), declared.name, type_, declared.doc)
