"""IR → schema tree: the table of contents of this emitter."""

from collections.abc import Iterable, Iterator, Mapping

from bdc.ir import Api, EnumDecl, Resource, StructDecl, SystemIR
from bdc.ir.compiled import EntityRead
from bdc.source.records import replace
from bdc.surface.can import CAN, can_of
from bdc.surface.graphql.entities import (
    PAGE_INFO,
    Reach,
    can_name,
    can_type,
    connection_types,
    entity_type,
    reach,
    struct_type,
)
from bdc.surface.graphql.inputs import (
    FilterTypes,
    filter_input,
    mentioned,
    shape_inputs,
    sort_enum,
    struct_input,
)
from bdc.surface.graphql.operations import mutation_fields, query_fields, top_level
from bdc.surface.graphql.python_names import with_python_names
from bdc.surface.graphql.relay import BACKWARDS, INTERFACE, node_fields
from bdc.surface.graphql.scalars import Types, used_scalars
from bdc.surface.graphql.tasks import Tasks, tasks
from bdc.surface.graphql.tree import (
    Call,
    EnumType,
    EnumValue,
    Field,
    InputType,
    ObjectType,
    Page,
    Part,
    ResourceTypes,
    Schema,
    Task,
    TypeRef,
    base_name,
)
from bdc.surface.relay import seen_by


def build_schema_tree(
    system: SystemIR, api: Api, reads: Mapping[str, EntityRead], reached: Reach | None = None
) -> Schema:
    """Return the schema of one api. `reads` by entity name: what may be read decides which members there are. `reached`: the
    entities to describe, when not those that the api itself offers."""
    reached = reached or reach(system, api)
    system = seen_by(system, api)
    relays = api.graphql is not None and api.graphql.relay
    telling = frozenset(system.shown_as(each.entity) for each in api.resources if each.can)
    types, filters = Types(system, global_ids=relays, telling=telling), FilterTypes()
    resources = tuple(_resource(types, resource, filters) for resource in api.resources)
    relayed = node_fields(types, api)
    entities = tuple(_entities(types, reads, reached, relayed))
    objects = (*entities, *_pages(types, api, backwards=bool(relayed)))
    top = [(operation, top_level(types, operation)) for operation in api.operations]
    queries = tuple(field for operation, field in top if not operation.writes)
    mutations = tuple(field for operation, field in top if operation.writes)
    fields = [
        *(field for type_ in objects for field in type_.fields),
        *(field for resource in resources for field in (*resource.queries, *resource.mutations)),
        *queries,
        *mutations,
    ]
    made = _tasks(types, api, resources, (*queries, *mutations), filters, objects)
    fields += (*made.queries, *made.mutations)
    inputs = (
        *filters.types(),
        *(type_ for resource in resources for type_ in resource.inputs),
        *made.inputs,
    )
    structs = (*_structs(types, fields), *_cans(types, entities))
    struct_inputs = _struct_inputs(types, fields, inputs)
    fields += [field for type_ in (*structs, *made.types) for field in type_.fields]
    mentioned_ = list(_types(fields, (*inputs, *struct_inputs)))
    used = set(map(base_name, mentioned_))
    schema = Schema(
        scalars=used_scalars(mentioned_),
        enums=tuple(_enum(types, enum) for enum in system.enums if types.name(enum.name) in used),
        structs=structs,
        objects=objects,
        shared_inputs=(*struct_inputs, *filters.types()),
        resources=resources,
        operation_queries=queries,
        operation_mutations=mutations,
        task_queries=made.queries,
        task_mutations=made.mutations,
        task_types=made.types,
        task_inputs=made.inputs,
        relay_queries=relayed,
        interfaces=(INTERFACE,) if relayed else (),
    )
    return with_python_names(schema)


def _entities(
    types: Types, reads: Mapping[str, EntityRead], reached: Reach, relayed: Iterable[Field]
) -> Iterator[ObjectType]:
    """Yield the types of rows; `relayed`: the fields that find rows by global ids."""
    found_by_id = {name for field in relayed for name, _ in getattr(field.meaning, "entities", ())}
    for name in reached.entities:
        if name in reads:
            made = entity_type(types, reads[name], reached.relations.get(name, {}))
            yield replace(made, node=name in found_by_id)


def _pages(types: Types, api: Api, *, backwards: bool) -> Iterator[ObjectType]:
    """Yield the types of edges, connections and page information. `backwards`: pages say where they begin too."""
    listed: dict[str, bool] = {}  # whether some list of the rows counts them
    for each in api.resources:
        if "list" in each.operations:
            name = types.system.shown_as(each.entity)
            listed[name] = listed.get(name, False) or each.page.total
    for name, total in listed.items():
        yield from connection_types(types, name, total=total)
    if listed:
        yield replace(PAGE_INFO, fields=(*PAGE_INFO.fields, *BACKWARDS)) if backwards else PAGE_INFO


def _tasks(
    types: Types,
    api: Api,
    resources: Iterable[ResourceTypes],
    operations: Iterable[Field],
    filters: FilterTypes,
    objects: Iterable[ObjectType],
) -> Tasks:
    """Return the mutations that are no operation on a row: their names are those that are left."""
    parts = tuple(resources)
    of_resources = (field for part in parts for field in (*part.queries, *part.mutations))
    fields = (each.name for each in (*of_resources, *operations))
    made: list[InputType | EnumType | ObjectType] = [*filters.types(), *objects]
    for part in parts:
        made += [*part.inputs, *part.enums]
    structs = (f"{types.name(struct.name)}Input" for struct in types.system.structs)
    cans = (can_name(types, entity.name) for entity in types.system.entities)
    named = (*(each.name for each in made), *structs, *cans)
    return tasks(types, api, fields, named)


def _resource(types: Types, resource: Resource, filters: FilterTypes) -> ResourceTypes:
    entity = types.name(resource.entity)
    inputs: list[InputType] = []
    filter_, sort = None, None
    if "list" in resource.operations:
        filter_, sort = filter_input(types, resource, filters), sort_enum(types, resource)
        inputs += [filter_] if filter_ else []
    if "create" in resource.operations and resource.create is not None:
        inputs += shape_inputs(types, resource.entity, resource.create, f"Create{entity}", partial=False)
    if "update" in resource.offered and resource.update is not None:
        inputs += shape_inputs(types, resource.entity, resource.update, f"Update{entity}", partial=True)
    return ResourceTypes(
        resource.entity,
        types.row(resource.entity).name,
        tuple(inputs),
        (sort,) if sort else (),
        tuple(query_fields(types, resource, filtered=filter_ is not None, sorted_=sort is not None)),
        tuple(mutation_fields(types, resource)),
    )


def _structs(types: Types, fields: Iterable[Field]) -> tuple[ObjectType, ...]:
    """Return the structs that `fields` use, and those inside them."""
    wanted = {base_name(field.type) for field in fields if not isinstance(field.meaning, Page | Part | Task)}
    return tuple(struct_type(types, struct) for struct in _closed(types, wanted, ""))


def _cans(types: Types, entities: Iterable[ObjectType]) -> Iterator[ObjectType]:
    """Yield the types of `_can`, of the entities that have it."""
    for type_ in entities:
        if type_.entity is not None and any(field.source == CAN for field in type_.fields):
            yield can_type(types, type_.entity, can_of(types.system, type_.entity))


def _struct_inputs(
    types: Types, fields: Iterable[Field], inputs: Iterable[InputType]
) -> tuple[InputType, ...]:
    wanted = set(mentioned(inputs))
    wanted |= {
        base_name(argument.type)
        for field in fields
        for argument in field.arguments
        if not (isinstance(field.meaning, Call) and field.meaning.verb in ("create", "update"))
        and not isinstance(field.meaning, Task)
    }
    return tuple(struct_input(types, struct) for struct in _closed(types, wanted, "Input"))


def _closed(types: Types, wanted: set[str], suffix: str) -> list[StructDecl]:
    """Return the structs named in `wanted` (with `suffix` behind them) and all that they are made of, in declaration order."""
    structs = {f"{types.name(struct.name)}{suffix}": struct for struct in types.system.structs}
    inside = {
        name: {f"{base_name(part.type)}{suffix}" for part in struct_type(types, struct).fields}
        for name, struct in structs.items()
    }
    pending = [name for name in wanted if name in inside]
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += [inner for inner in inside[name] if inner in inside]
    return [struct for name, struct in structs.items() if name in found]


def _types(fields: Iterable[Field], inputs: Iterable[InputType]) -> Iterator[TypeRef]:
    for field in fields:
        yield field.type
        yield from (argument.type for argument in field.arguments)
    for input_ in inputs:
        yield from (field.type for field in input_.fields)


def _enum(types: Types, enum: EnumDecl) -> EnumType:
    values = tuple(EnumValue(value.name, value.name, value.doc, value.deprecated) for value in enum.values)
    return EnumType(types.name(enum.name), values, enum.doc)
