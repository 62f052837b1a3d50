"""IR → schema tree: the table of contents of this emitter."""

from collections.abc import Iterable, Iterator, Mapping

from bdc.ir import Api, EnumDecl, Resource, StructDecl, SystemIR
from bdc.query.compiled import EntityRead
from bdc_emitters.graphql.entities import (
    PAGE_INFO,
    Reach,
    connection_types,
    entity_type,
    reach,
    struct_type,
)
from bdc_emitters.graphql.inputs import (
    FilterTypes,
    filter_input,
    mentioned,
    shape_inputs,
    sort_enum,
    struct_input,
)
from bdc_emitters.graphql.operations import mutation_fields, query_fields, top_level
from bdc_emitters.graphql.scalars import used_scalars
from bdc_emitters.graphql.tree import (
    EnumType,
    EnumValue,
    Field,
    InputType,
    ObjectType,
    ResourceTypes,
    Schema,
    TypeRef,
    base_name,
)


def build_schema_tree(
    system: SystemIR, api: Api, reads: Mapping[str, EntityRead], reached: Reach | None = None
) -> Schema:
    """Return the schema of one api. `reads` by entity name: what may be read decides which members there are. `reached`: the
    entities to describe, when not those that the api itself offers."""
    reached = reached or reach(system, api)
    filters = FilterTypes()
    resources = tuple(_resource(system, resource, filters) for resource in api.resources)
    entities = tuple(
        entity_type(system, reads[name], reached.relations.get(name, {}))
        for name in reached.entities
        if name in reads
    )
    listed = [resource.entity for resource in api.resources if "list" in resource.operations]
    connections = tuple(type_ for name in listed for type_ in connection_types(name))
    objects = (*entities, *connections, *((PAGE_INFO,) if listed else ()))
    top = [(operation, top_level(operation)) for operation in api.operations]
    queries = tuple(field for operation, field in top if not operation.writes)
    mutations = tuple(field for operation, field in top if operation.writes)
    fields = [
        *(field for type_ in objects for field in type_.fields),
        *(field for resource in resources for field in (*resource.queries, *resource.mutations)),
        *queries,
        *mutations,
    ]
    inputs = (*filters.types(), *(type_ for resource in resources for type_ in resource.inputs))
    structs = _structs(system, fields)
    struct_inputs = _struct_inputs(system, fields, inputs)
    fields += [field for type_ in structs for field in type_.fields]
    types = list(_types(fields, (*inputs, *struct_inputs)))
    used = set(map(base_name, types))
    return Schema(
        scalars=used_scalars(types),
        enums=tuple(_enum(enum) for enum in system.enums if enum.name in used),
        structs=structs,
        objects=objects,
        shared_inputs=(*struct_inputs, *filters.types()),
        resources=resources,
        operation_queries=queries,
        operation_mutations=mutations,
    )


def _resource(system: SystemIR, resource: Resource, filters: FilterTypes) -> ResourceTypes:
    inputs: list[InputType] = []
    filter_, sort = None, None
    if "list" in resource.operations:
        filter_, sort = filter_input(system, resource, filters), sort_enum(resource)
        inputs += [filter_] if filter_ else []
    if "create" in resource.operations and resource.create is not None:
        inputs += shape_inputs(
            system, resource.entity, resource.create, f"Create{resource.entity}", partial=False
        )
    if "update" in resource.operations and resource.update is not None:
        inputs += shape_inputs(
            system, resource.entity, resource.update, f"Update{resource.entity}", partial=True
        )
    return ResourceTypes(
        resource.entity,
        tuple(inputs),
        (sort,) if sort else (),
        tuple(query_fields(system, resource, filtered=filter_ is not None, sorted_=sort is not None)),
        tuple(mutation_fields(system, resource)),
    )


def _structs(system: SystemIR, fields: Iterable[Field]) -> tuple[ObjectType, ...]:
    """Return the structs that `fields` use, and those inside them."""
    wanted = {base_name(field.type) for field in fields}
    return tuple(struct_type(struct) for struct in _closed(system, wanted))


def _struct_inputs(
    system: SystemIR, fields: Iterable[Field], inputs: Iterable[InputType]
) -> tuple[InputType, ...]:
    wanted = {name.removesuffix("Input") for name in mentioned(inputs)}
    wanted |= {
        base_name(argument.type).removesuffix("Input") for field in fields for argument in field.arguments
    }
    return tuple(struct_input(struct) for struct in _closed(system, wanted))


def _closed(system: SystemIR, wanted: set[str]) -> list[StructDecl]:
    """Return the structs named in `wanted` and all that they are made of, in declaration order."""
    inside = {
        struct.name: {base_name(part.type) for part in struct_type(struct).fields}
        for struct in system.structs
    }
    pending = [name for name in wanted if name in inside]
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            pending += [inner for inner in inside[name] if inner in inside]
    return [struct for struct in system.structs if struct.name in found]


def _types(fields: Iterable[Field], inputs: Iterable[InputType]) -> Iterator[TypeRef]:
    for field in fields:
        yield field.type
        yield from (argument.type for argument in field.arguments)
    for input_ in inputs:
        yield from (field.type for field in input_.fields)


def _enum(enum: EnumDecl) -> EnumType:
    values = tuple(EnumValue(value.name, value.name, value.doc, value.deprecated) for value in enum.values)
    return EnumType(enum.name, values, enum.doc)
