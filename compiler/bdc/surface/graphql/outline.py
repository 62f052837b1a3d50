"""The schema of an api without its statements: what it looks like to a client, for comparisons."""

from collections.abc import Iterator

from bdc.ir import Api, Entity, SystemIR
from bdc.ir.compiled import EntityRead, ReadMember, ReadRelation, ReadRule
from bdc.ir.remembering import per_system
from bdc.surface import Member, read_members
from bdc.surface.can import CAN, can_of
from bdc.surface.graphql.build import build_schema_tree
from bdc.surface.graphql.entities import Reach, reach
from bdc.surface.graphql.tree import Schema


def outline(system: SystemIR, api: Api, reached: Reach | None = None) -> Schema:
    """Return the schema tree; nothing is compiled for it. `reached`: the entities to describe, when not those of the api."""
    if reached is not None:
        return _of(system, api, reached)
    known = _made(system).get(api.name)
    if known is None or known[0] is not api:
        known = api, _of(system, api, reach(system, api))
        _made(system)[api.name] = known
    return known[1]


@per_system
def _made(system: SystemIR) -> dict[str, tuple[Api, Schema]]:
    """The schemas asked for so far, by api: the check of names looks at them, and so do emitters."""
    return {}


def _of(system: SystemIR, api: Api, reached: Reach) -> Schema:
    reads = {name: _read(system, system.entity(name)) for name in reached.entities}
    return build_schema_tree(system, api, reads, reached)


def _read(system: SystemIR, entity: Entity) -> EntityRead:
    """What the shape of a schema is made from: names, and what may be null. No statement is compiled for it."""
    related = tuple(
        field for field in entity.fields if field.kind in ("reference", "collection") and not field.hidden
    )
    return EntityRead(
        entity=entity.name,
        table="",
        keys=(),
        base="",
        scope="",
        allow=(),
        deny=(),
        members=(*map(_member, read_members(system, entity)), *_can(system, entity)),
        relations=tuple(
            ReadRelation(field.name, "", many=field.kind == "collection", join="", nullable=True)
            for field in related
        ),
    )


def _can(system: SystemIR, entity: Entity) -> Iterator[ReadMember]:
    """Yield the member that says what the caller may do, where rows have it."""
    if can_of(system, entity.name):
        yield _member(Member(CAN, None, False, False, "", field=CAN))


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
