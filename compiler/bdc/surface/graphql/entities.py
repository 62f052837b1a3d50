"""Object types: one per entity that the api reaches, its edges and connections, and the structs."""

from collections.abc import Iterable, Iterator, Mapping

from bdc.ir import (
    Api,
    ArrayType,
    CollectionField,
    ComputedField,
    Entity,
    EntityType,
    ExpandNode,
    Operation,
    ReferenceField,
    ScalarField,
    StructDecl,
    StructType,
    SystemIR,
    Type,
)
from bdc.ir.compiled import EntityRead, ReadMember
from bdc.naming.graphql import field_name, reference_name
from bdc.naming.references import key_member
from bdc.source.records import dataclass, replace
from bdc.surface.can import CAN
from bdc.surface.graphql.relay import id_fields
from bdc.surface.graphql.scalars import Types
from bdc.surface.graphql.tree import (
    Argument,
    Field,
    ListOf,
    Many,
    Meaning,
    Member,
    Named,
    ObjectType,
    One,
    Part,
    Struct,
    optional,
)
from bdc.surface.nearest import DISTANCE, tells_distance
from bdc.surface.relay import NODE

# How many rows of a bounded collection are given when the query does not say.
DEFAULT_FIRST = 20


@dataclass(frozen=True, slots=True)
class Reach:
    """What the api offers: entities in order of first mention, and per entity its relations with their bounds."""

    entities: tuple[str, ...]
    relations: Mapping[str, Mapping[str, int | None]]


def reach(system: SystemIR, api: Api) -> Reach:
    """Follow resources, their expands and the results of operations."""
    entities: dict[str, None] = {}
    relations: dict[str, dict[str, int | None]] = {}
    for resource in api.resources:
        rows = system.shown_as(resource.entity)
        entities.setdefault(rows)
        _follow(system, rows, resource.expand, entities, relations)
        for operation in resource.custom:
            _answered(system, operation, entities)
    for operation in api.operations:
        _answered(system, operation, entities)
    return Reach(tuple(entities), relations)


def _answered(system: SystemIR, operation: Operation, entities: dict[str, None]) -> None:
    """Add the entity whose rows an operation answers with."""
    returns = operation.returns
    item = returns.item if isinstance(returns, ArrayType) else returns
    if isinstance(item, EntityType):
        entities.setdefault(system.shown_as(item.name))


def _follow(
    system: SystemIR,
    entity: str,
    nodes: tuple[ExpandNode, ...],
    entities: dict[str, None],
    relations: dict[str, dict[str, int | None]],
) -> None:
    """Add what `nodes` reach; a relation that is offered twice gets the larger bound."""
    for node in nodes:
        field = system.entity(entity).field(node.field)
        if not isinstance(field, ReferenceField | CollectionField):
            continue
        known = relations.setdefault(entity, {})
        known[node.field] = max(known.get(node.field) or 0, node.max or 0) or None
        entities.setdefault(field.target)
        _follow(system, field.target, node.children, entities, relations)


def entity_type(types: Types, read: EntityRead, bounds: Mapping[str, int | None]) -> ObjectType:
    """Return the type of one entity: the members that its reads offer, and its relations within `bounds`."""
    entity = types.system.entity(read.entity)
    fields = (*id_fields(types, entity), *_entity_fields(types, entity, read, bounds))
    return ObjectType(types.name(entity.name), fields, entity.doc, entity=entity.name)


def _entity_fields(
    types: Types, entity: Entity, read: EntityRead, bounds: Mapping[str, int | None]
) -> Iterator[Field]:
    members = {
        member.name: replace(member, nullable=_may_be_null(member))
        for member in read.members
        if member.name != NODE
    }
    related = {relation.name for relation in read.relations}
    for field in entity.fields:
        match field:
            case ScalarField() | ComputedField():
                if (member := members.pop(field.name, None)) is not None:
                    yield _member_field(types, entity, field, member)
            case ReferenceField():
                if not field.carriers and (member := members.pop(key_member(field.name), None)) is not None:
                    yield _reference_field(types, field, member)
                if field.name in bounds and field.name in related:
                    yield _one_field(types, field)
            case CollectionField():
                if field.name in related and (bound := bounds.get(field.name)) is not None:
                    yield _many_field(types, field, bound)
    tells = types.telling is None or entity.name in types.telling
    if members.pop(CAN, None) is not None and tells:
        name = can_name(types, entity.name)
        yield Field(CAN, CAN, Named(name), Struct(CAN, name), "What the caller may do with this row.")
    if tells_distance(types.system, entity.name):
        doc = "How far this row is from what its list is `nearest` to; null in every other place."
        yield Field(DISTANCE, DISTANCE, Named("Float", True), Member(DISTANCE), doc)
    for member in members.values():  # what the system adds by itself: the version
        type_ = Named("Int", member.nullable)
        yield Field(field_name(member.name), member.name, type_, Member(member.name), _added_doc(member.name))


def can_name(types: Types, entity: str) -> str:
    """Return the name of the type of `_can` of a row."""
    return f"{types.name(entity)}Can"


def can_type(types: Types, entity: str, actions: Iterable[str]) -> ObjectType:
    """Return the type that says, action by action, what the caller may do with a row."""
    fields = tuple(Field(field_name(name), name, Named("Boolean"), Member(name)) for name in actions)
    doc = f"What the caller may do with a row of {types.name(entity)}."
    return ObjectType(can_name(types, entity), fields, doc, can=entity)


def _may_be_null(member: ReadMember) -> bool:
    """A member that some readers do not see is null for them, unless a mask stands for it."""
    return member.nullable or (member.visible is not None and member.mask == "'null'")


def _added_doc(name: str) -> str:
    return (
        "Goes up by one at every change; give it as `ifMatch` to change only what you have seen."
        if name == "version"
        else ""
    )


def _member_field(
    types: Types, entity: Entity, field: ScalarField | ComputedField, member: ReadMember
) -> Field:
    is_key = entity.key == (field.name,)
    type_ = types.key(entity, member.nullable) if is_key else types.of(field.type, member.nullable)
    meaning = _value(types, field.type, member.name)
    return Field(
        field_name(field.name, field.graphql), field.name, type_, meaning, field.doc, field.deprecated
    )


def _value(types: Types, type_: Type, member: str) -> Meaning:
    match type_:
        case StructType():
            return Struct(member, types.name(type_.name))
        case ArrayType(item=StructType(name=name)):
            return Struct(member, types.name(name), many=True)
        case _:
            return Member(member)


def _reference_field(types: Types, field: ReferenceField, member: ReadMember) -> Field:
    type_ = types.key(types.system.entity(field.target), member.nullable)
    name = reference_name(field.name, field.graphql)
    return Field(name, member.name, type_, Member(member.name), field.doc, field.deprecated)


def _one_field(types: Types, field: ReferenceField) -> Field:
    """Nullable even where the reference is not: the caller may not be allowed to read the other row."""
    meaning, name = One(field.name, field.target), field_name(field.name, field.graphql)
    return Field(
        name, field.name, types.row(field.target, nullable=True), meaning, field.doc, field.deprecated
    )


def _many_field(types: Types, field: CollectionField, bound: int) -> Field:
    first = Argument("first", "first", Named("Int"), f"At most {bound}.", min(DEFAULT_FIRST, bound))
    meaning = Many(field.name, field.target, min(DEFAULT_FIRST, bound), bound)
    type_, name = ListOf(types.row(field.target)), field_name(field.name, field.graphql)
    return Field(name, field.name, type_, meaning, field.doc, field.deprecated, (first,))


def struct_type(types: Types, struct: StructDecl) -> ObjectType:
    """Return the type of a value object."""
    fields = tuple(
        Field(
            field_name(part.name, part.graphql),
            part.name,
            types.of(part.type, part.nullable),
            _value(types, part.type, part.name),
            part.doc,
        )
        for part in struct.fields
    )
    return ObjectType(types.name(struct.name), fields, struct.doc)


def connection_types(types: Types, name: str, *, total: bool = False) -> tuple[ObjectType, ObjectType]:
    """Return `OrderEdge` and `OrderConnection`; `total`: it says how many rows there are."""
    entity, row = types.name(name), types.row(name)
    edge = ObjectType(
        f"{entity}Edge",
        (
            Field(
                "cursor",
                "cursor",
                Named("String"),
                Part("cursor"),
                "Where this row stands; give it as `after`.",
            ),
            Field("node", "node", row, Part("node")),
        ),
    )
    connection = ObjectType(
        f"{entity}Connection",
        (
            Field("nodes", "nodes", ListOf(row), Part("nodes"), "The rows of this page."),
            Field(
                "edges", "edges", ListOf(Named(edge.name)), Part("edges"), "The rows, each with its cursor."
            ),
            Field("pageInfo", "page_info", Named("PageInfo"), Part("page_info")),
            *((_TOTAL,) if total else ()),
        ),
    )
    return edge, connection


_TOTAL = Field("totalCount", "total_count", Named("Int"), Part("total_count"), "Rows on all pages.")
PAGE_INFO = ObjectType(
    "PageInfo",
    (
        Field("hasNextPage", "has_next_page", Named("Boolean"), Part("has_next_page")),
        Field(
            "endCursor",
            "end_cursor",
            optional(Named("String")),
            Part("end_cursor"),
            "Give it as `after` to read on; null on an empty page.",
        ),
    ),
    "Where a page ends.",
)
