"""What types and members of a system are called in GraphQL, for every emitter that speaks of them."""

from bdc.ir import (
    Entity,
    EntityField,
    Operation,
    Parameter,
    ReferenceField,
    Scalar,
    StructField,
    SystemIR,
)
from bdc.ir.remembering import per_system
from bdc.naming.casing import lower_first
from bdc.naming.distinct import aside
from bdc.naming.graphql import GENERATED_TYPES, field_name, public, reference_name, type_names
from bdc.surface.relay import TYPE, relay_apis

SCALARS: dict[Scalar, str] = {
    Scalar.STRING: "String",
    Scalar.TEXT: "String",
    Scalar.INT: "Int",
    Scalar.BIGINT: "BigInt",
    Scalar.DECIMAL: "Decimal",
    Scalar.FLOAT: "Float",
    Scalar.BOOL: "Boolean",
    Scalar.UUID: "UUID",
    Scalar.DATE: "Date",
    Scalar.TIME: "Time",
    Scalar.TIMESTAMP: "DateTime",
    Scalar.DURATION: "Duration",
    Scalar.JSON: "JSON",
    Scalar.BYTES: "Base64",
}


@per_system
def graphql_types(system: SystemIR) -> dict[str, str]:
    """Return the type of each entity, enum and struct; one that is called like a scalar or a generated type has another name."""
    entities = (*system.entities, *(view.entity for view in system.views))
    declared = {each.name: each.graphql for each in entities}
    declared |= {each.name: each.graphql for each in system.enums}
    declared |= {each.name: each.graphql for each in system.structs}
    own = {TYPE} if relay_apis(system) else set()
    reserved = {*GENERATED_TYPES, *SCALARS.values(), *own}
    projected = {each.name: spoken(system, each) for each in system.projections}
    named = {
        name: type_names({each.name: each.graphql}, reserved)[each.name] for name, each in projected.items()
    }
    return named | type_names(declared, reserved)


def spoken(system: SystemIR, entity: Entity) -> Entity:
    """Return an entity with the name that fields of the roots and inputs are called after: of a projection the one that it would have if its
    api were alone."""
    if entity.projects is None:
        return entity
    main = system.entity(entity.projects)
    suffix = entity.plural.removeprefix(main.plural) if entity.again else ""
    given = f"{main.graphql}{suffix}" if main.graphql else None
    return entity.model_copy(update={"name": f"{main.name}{suffix}", "graphql": given})


def member_name(member: EntityField | StructField) -> str:
    """Return the field of a member: of a reference that of the row it leads to."""
    return field_name(member.name, member.graphql)


def value_name(field: EntityField) -> str:
    """Return the field that holds a value: of a reference the key of the row it leads to."""
    if isinstance(field, ReferenceField):
        return reference_name(field.name, field.graphql)
    return field_name(field.name, field.graphql)


def query_name(entity: str, graphql: str | None) -> str:
    """Return the query that gets one row of an entity."""
    return public(lower_first(graphql or entity))


def operation_name(operation: Operation, type_name: str | None) -> str:
    """Return the field of an operation; `type_name`: that of the entity whose resource it stands in."""
    return operation.graphql or f"{field_name(operation.name)}{type_name or ''}"


def argument_name(parameter: Parameter, taken: set[str]) -> str:
    """Return the argument of a parameter: one that is called like the key, or an argument of the protocol, steps aside."""
    return parameter.graphql or aside(field_name(parameter.name), taken)
