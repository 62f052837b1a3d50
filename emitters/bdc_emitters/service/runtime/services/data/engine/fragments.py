"""What a read is composed from: SQL fragments with the policy in them, one set per entity. The instances are generated
(`services/data/statements/`, by `members` where few words do); the statements are put together by `services.data.engine.compose`.

In fragment text `«a»` stands for the alias of the row, `«b»` for that of a related row, `«t»` for that of the join table
between them, `«p»` for the parameter, and `«actor.org»` for the parameter that carries the claim `org`.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True, slots=True)
class IdentityParameter:
    """A transaction-local setting that every statement binds first."""

    name: str
    setting: str
    claim: str | None
    anonymous: str


@dataclass(frozen=True, slots=True)
class ReadRule:
    """The caller carries one of `roles` (None: any caller) and `sql` is true ('': always)."""

    roles: tuple[str, ...] | None
    sql: str = ""


@dataclass(frozen=True, slots=True)
class ReadMember:
    """A member of a row's JSON: its text is `prefix`, the value of `text`, `suffix`. `visible` says who sees it (None: every
    reader of the row); the others get `mask`, SQL of JSON text. `look`: the FROM item that works its aggregates out together with those of
    other members, where there are some; `looked`: its text over that."""

    name: str
    field: str
    sql: str
    sql_type: str
    json: str
    prefix: str
    text: str
    suffix: str
    nullable: bool
    encrypted: bool = False
    computed: bool = False
    visible: tuple[ReadRule, ...] | None = None
    mask: str = "'null'"
    look: str = ""
    looked: str = ""


@dataclass(frozen=True, slots=True)
class ReadRelation:
    """A relation; `join` ties `«b»` to `«a»`, over `through` (alias `«t»`) when there is a join table. `implied`: the join
    proves the scope of the related row; `guarded_by_parent`: its whole policy."""

    name: str
    target: str
    many: bool
    join: str
    nullable: bool
    max: int | None = None
    order: str | None = None
    through: str | None = None
    through_entity: str | None = None
    guarded_by_parent: bool = False
    implied: bool = False
    visible: tuple[ReadRule, ...] | None = None


@dataclass(frozen=True, slots=True)
class ReadFilter:
    field: str
    operator: str
    sql: str
    sql_type: str
    type: str
    many: bool = False
    parameter: str = ""


@dataclass(frozen=True, slots=True)
class ReadSort:
    field: str
    sql: str
    sql_type: str
    nullable: bool


@dataclass(frozen=True, slots=True)
class ReadKey:
    """`kind`: the scalar that the text of this part of the key is read as."""

    member: str
    column: str
    sql_type: str
    kind: str = "string"


@dataclass(frozen=True, slots=True)
class ReadParent:
    """The row of `entity` that a row stands under in paths; `keys` name it there."""

    entity: str
    join: str
    keys: tuple[ReadKey, ...]


@dataclass(frozen=True)
class EntityRead:
    """One entity. A row is visible when `base` and `scope` hold, one of `allow` does and none of `deny`. `address`: what names a row in
    paths, where `keys` do not; `parents`: the rows that it stands under there, the nearest first."""

    entity: str
    table: str
    keys: tuple[ReadKey, ...]
    base: str = ""
    scope: str = ""
    allow: tuple[ReadRule, ...] = ()
    deny: tuple[ReadRule, ...] = ()
    members: tuple[ReadMember, ...] = ()
    relations: tuple[ReadRelation, ...] = ()
    filters: tuple[ReadFilter, ...] = ()
    sorts: tuple[ReadSort, ...] = ()
    search: str | None = None
    search_fields: tuple[str, ...] = ()
    search_prefix: str | None = None
    rank: str | None = None
    rank_prefix: str | None = None
    nearest: tuple[tuple[str, str, str], ...] = ()
    version: str | None = None
    address: tuple[ReadKey, ...] = ()
    parents: tuple[ReadParent, ...] = ()

    @property
    def addressed_by(self) -> tuple[ReadKey, ...]:
        """What names a row in paths."""
        return self.address or self.keys

    @cached_property
    def around(self) -> tuple[ReadKey, ...]:
        """What names the rows that a row stands under in paths, outermost first."""
        return tuple(key for parent in reversed(self.parents) for key in parent.keys)

    @cached_property
    def member(self) -> Mapping[str, ReadMember]:
        return {member.name: member for member in self.members}

    @cached_property
    def relation(self) -> Mapping[str, ReadRelation]:
        return {relation.name: relation for relation in self.relations}

    @cached_property
    def filter(self) -> Mapping[tuple[str, str], ReadFilter]:
        return {(found.field, found.operator): found for found in self.filters}

    @cached_property
    def sort(self) -> Mapping[str, ReadSort]:
        return {sort.field: sort for sort in self.sorts}


@dataclass(frozen=True)
class Fragments:
    """All that can be read. `identity`: the first parameters of every statement, in order."""

    identity: tuple[IdentityParameter, ...]
    entities: tuple[EntityRead, ...]

    @cached_property
    def entity(self) -> Mapping[str, EntityRead]:
        return {read.entity: read for read in self.entities}

    @cached_property
    def roles(self) -> frozenset[str]:
        """Every role that some fragment asks for: others make no difference to a statement."""
        rules = [rule for read in self.entities for rule in (*read.allow, *read.deny)]
        for read in self.entities:
            rules += [rule for member in read.members for rule in member.visible or ()]
            rules += [rule for relation in read.relations for rule in relation.visible or ()]
        return frozenset(role for rule in rules for role in rule.roles or ())
