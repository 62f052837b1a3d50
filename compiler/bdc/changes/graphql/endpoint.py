"""What GraphQL clients meet: the schema that the emitter makes of each side, type by type."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.graphql.types import compare_schemas
from bdc.changes.sides import Sides
from bdc.ir import Api, Entity, GraphQLSettings, SystemIR
from bdc.query.compiled import EntityRead, ReadMember, ReadRelation, ReadRule
from bdc.query.surface import Member, read_members
from bdc_emitters.graphql.build import build_schema_tree
from bdc_emitters.graphql.tree import Schema


def graphql_changes(sides: Sides) -> Iterator[Change]:
    """Yield what a client of GraphQL meets."""
    old, new = _offered(sides.old), _offered(sides.new)
    if old is None or new is None:
        if old is not new:
            yield _endpoint(old, new)
        return
    yield from _settings(old, new)
    yield from compare_schemas(sides, _schema(sides.old, old), _schema(sides.new, new))


def _offered(system: SystemIR) -> Api | None:
    """The first api that offers GraphQL: the one that is served."""
    return next((api for api in system.apis if api.graphql is not None), None)


def _endpoint(old: Api | None, new: Api | None) -> Change:
    if new is not None:
        return Change("graphql.endpoint-added", new.name, f"api {new.name} offers GraphQL", origin=new.origin)
    name = old.name if old else ""
    remedy = "Keep the `graphql` line of the api until nobody calls it."
    return Change("graphql.endpoint-removed", name, f"api {name} has no GraphQL any more", remedy)


def _settings(old: Api, new: Api) -> Iterator[Change]:
    before, after = old.graphql or GraphQLSettings(path=""), new.graphql or GraphQLSettings(path="")
    if before.path != after.path:
        message = f"GraphQL is served at {after.path} instead of {before.path}"
        yield Change("graphql.path-changed", new.name, message, origin=new.origin)
    for name, was, now in (("depth", before.depth, after.depth), ("cost", before.cost, after.cost)):
        if was != now:
            code = "graphql.limits-lowered" if now < was else "graphql.limits-raised"
            yield Change(code, f"{new.name} {name}", f"the {name} of a query may be {now} instead of {was}")
    if before.introspection != after.introspection:
        message = f"introspection is {after.introspection} instead of {before.introspection}"
        yield Change("graphql.introspection-changed", new.name, message, origin=new.origin)


def _schema(system: SystemIR, api: Api) -> Schema:
    reads = {entity.name: _read(system, entity) for entity in system.entities}
    return build_schema_tree(system, api, reads)


def _read(system: SystemIR, entity: Entity) -> EntityRead:
    """What the shape of a schema is made from: names, and what may be null. No statement is compiled for it."""
    related = tuple(field for field in entity.fields if field.kind in ("reference", "collection"))
    return EntityRead(
        entity=entity.name,
        table="",
        keys=(),
        base="",
        scope="",
        allow=(),
        deny=(),
        members=tuple(map(_member, read_members(system, entity))),
        relations=tuple(
            ReadRelation(field.name, "", many=field.kind == "collection", join="", nullable=True)
            for field in related
        ),
    )


def _member(member: Member) -> ReadMember:
    rule = member.rule
    hidden = rule is not None and rule.read is not None
    return ReadMember(
        name=member.name,
        field=member.field,
        sql="",
        sql_type="",
        json="",
        prefix="",
        text="",
        suffix="",
        nullable=member.nullable,
        visible=(ReadRule(None),) if hidden else None,
        mask="'null'" if rule is None or rule.mask is None else "",
    )
