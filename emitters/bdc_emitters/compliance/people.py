"""Where personal data is: the fields marked `@pii`, the rows of a person, and how each value leaves."""

from collections.abc import Iterator

from bdc.ir import Entity, ReferenceField, ScalarField, ScalarType, StructType, SystemIR
from bdc.query.embedding import columns_of
from bdc.source.records import dataclass

HAND = "by hand"
_TEXTS = ("string", "text")


@dataclass(frozen=True, slots=True)
class Part:
    """A column with personal data. `erased`: the SQL value that it gets, `HAND` where none is known to fit."""

    entity: str
    field: str
    column: str
    encrypted: bool
    erased: str


@dataclass(frozen=True, slots=True)
class Link:
    """Rows that belong to a person: those of `entity` whose `column` has the key of the person's row."""

    entity: str
    column: str
    tenant: str | None


@dataclass(frozen=True, slots=True)
class Person:
    """An entity whose rows are persons: its own row is the first link. `variable`: what the scripts call its key."""

    entity: str
    variable: str
    tenant: str | None
    links: tuple[Link, ...]


@dataclass(frozen=True, slots=True)
class PartView:
    entity: str
    field: str
    kept: str
    erased: str


@dataclass(frozen=True, slots=True)
class PersonView:
    entity: str
    options: str
    rows: str


@dataclass(frozen=True, slots=True)
class PeopleView:
    """The view of `personal-data.md`."""

    title: str
    system: str
    has_parts: bool
    has_people: bool
    has_encrypted: bool
    has_idempotency: bool
    has_outbox: bool
    has_deliveries: bool
    kept_events: str
    parts: tuple[PartView, ...]
    people: tuple[PersonView, ...]
    backups: str


def personal_data(system: SystemIR) -> PeopleView:
    """Return where personal data of a system is."""
    parts = [part for entity in system.entities for part in parts_of(system, entity)]
    people = persons(system)
    kept = [deploy.backup.retention for deploy in system.deploys if deploy.backup]
    kept_by = (system.webhooks, system.stream)
    return PeopleView(
        title=system.title,
        system=system.name,
        has_parts=bool(parts),
        has_people=bool(people),
        has_encrypted=any(part.encrypted for part in parts),
        has_idempotency=any("create" in each.operations for api in system.apis for each in api.resources),
        has_outbox=bool(system.events) and not system.relays,
        has_deliveries=system.relays,
        kept_events=f"{max((each.keep for each in kept_by if each), default=0) / 86_400:.0f} days",
        parts=tuple(map(_shown, parts)),
        people=tuple(
            PersonView(
                each.entity, _options(each), ", ".join(dict.fromkeys(link.entity for link in each.links))
            )
            for each in people
        ),
        backups=f"{max(kept) / 86_400:.0f} days" if kept else "as long as you keep them",
    )


def _shown(part: Part) -> PartView:
    kept = "encrypted" if part.encrypted else "plain"
    erased = {"null": "null", HAND: HAND}.get(part.erased, "another value")
    return PartView(part.entity, part.field, kept, erased)


def _options(person: Person) -> str:
    tenant = f" -v tenant={person.tenant.upper()}" if person.tenant else ""
    return f"-v {person.variable}=KEY{tenant}"


def persons(system: SystemIR) -> tuple[Person, ...]:
    """Return the entities whose rows stand for a person: that of callers, and those with personal data that belong to no other of them."""
    caller = system.identity.entity if system.identity else ""
    holding = [
        entity
        for entity in system.entities
        if entity.name == caller or any(True for _ in parts_of(system, entity))
    ]
    return tuple(
        Person(entity.name, f"{entity.table}_key", _tenant(entity), tuple(_links(system, entity)))
        for entity in holding
        if key_column(entity) is not None
    )


def key_column(entity: Entity) -> str | None:
    """Return the column of a key of one part."""
    field = entity.field(entity.key[0]) if len(entity.key) == 1 else None
    return field.column if isinstance(field, ScalarField) else None


def _tenant(entity: Entity) -> str | None:
    field = entity.field(entity.tenant) if entity.tenant else None
    return field.column if isinstance(field, ReferenceField) else None


def _links(system: SystemIR, person: Entity) -> Iterator[Link]:
    yield Link(person.name, key_column(person) or "", _tenant(person))
    for entity in system.entities:
        for field in entity.fields:
            plain = isinstance(field, ReferenceField) and not field.tenant and not field.carriers
            if plain and isinstance(field, ReferenceField) and field.target == person.name:
                yield Link(entity.name, field.column, _tenant(entity))


def parts_of(system: SystemIR, entity: Entity) -> Iterator[Part]:
    """Yield the columns of an entity that hold personal data."""
    for field in entity.fields:
        if isinstance(field, ScalarField) and (field.pii or _struct_holds(system, field)):
            for name in columns_of(field):
                yield Part(
                    entity.name, field.name, name, field.encrypted, _erased(system, entity, field, name)
                )


def _struct_holds(system: SystemIR, field: ScalarField) -> bool:
    logical = field.type
    return isinstance(logical, StructType) and any(each.pii for each in system.struct(logical.name).fields)


def _erased(system: SystemIR, entity: Entity, field: ScalarField, column: str) -> str:
    if system.table(entity.table).column(column).nullable:
        return "null"
    logical = field.type
    if field.encrypted or not isinstance(logical, ScalarType) or logical.scalar not in _TEXTS:
        return HAND
    return _text(logical)


def _text(logical: ScalarType) -> str:
    """A text that differs from row to row, leads to no person, and that the type takes."""
    low, high = logical.min_length or 0, logical.max_length or 200
    if logical.format == "email" and low <= 30 and high >= 42:
        return "'erased-' || left(gen_random_uuid()::text, 18) || '@erased.invalid'"
    if logical.pattern is not None or logical.format is not None or logical.db is not None or high < 24:
        return HAND
    text = f"left('erased-' || gen_random_uuid(), {min(high, 43)})"
    return f"rpad({text}, {low}, '.')" if low > 24 else text
