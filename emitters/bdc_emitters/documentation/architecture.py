"""What `architecture.md` says: entities, relations, states, errors, events, sizes."""

from bdc.ir import (
    CollectionField,
    ComputedField,
    Entity,
    EntityField,
    Machine,
    ReferenceField,
    ScalarField,
    Stamp,
    SystemIR,
)
from bdc.policy.expression_text import in_words
from bdc.source.records import dataclass
from bdc_emitters.documentation.wording import cell, code, type_words

_STAMPS = {
    Stamp.CREATED: "set when the row is written",
    Stamp.TOUCHED: "set at every write",
    Stamp.DELETED: "set by deletion; such rows are invisible",
    Stamp.VERSION: "the optimistic lock and ETag",
}


@dataclass(frozen=True, slots=True)
class FieldView:
    name: str
    type: str
    notes: str


@dataclass(frozen=True, slots=True)
class EntityView:
    """`traits`: what holds for all rows, one sentence each."""

    name: str
    table: str
    doc: str
    traits: tuple[str, ...]
    fields: tuple[FieldView, ...]


@dataclass(frozen=True, slots=True)
class StepView:
    sources: str
    target: str
    operation: str


@dataclass(frozen=True, slots=True)
class MachineView:
    title: str
    picture: str
    initial: str
    steps: tuple[StepView, ...]


@dataclass(frozen=True, slots=True)
class NamedView:
    """An enum, error or event: its name, what it carries, and what it means."""

    name: str
    content: str
    doc: str


@dataclass(frozen=True, slots=True)
class SizeView:
    name: str
    amount: str


@dataclass(frozen=True, slots=True)
class ArchitectureView:
    title: str
    doc: str
    entities: tuple[EntityView, ...]
    has_machines: bool
    machines: tuple[MachineView, ...]
    enums: tuple[NamedView, ...]
    has_enums: bool
    errors: tuple[NamedView, ...]
    has_errors: bool
    events: tuple[NamedView, ...]
    has_events: bool
    sizes: tuple[SizeView, ...]
    has_sizes: bool


def architecture_view(system: SystemIR) -> ArchitectureView:
    """Return the view of the page."""
    machines = tuple(_machine(machine) for machine in system.machines)
    enums = tuple(
        NamedView(enum.name, ", ".join(f"`{value.name}`" for value in enum.values), cell(enum.doc))
        for enum in system.enums
    )
    errors = tuple(
        NamedView(error.name, f"{error.status} `{error.code}`{_carries(error.members)}", cell(error.doc))
        for error in system.errors
    )
    events = tuple(
        NamedView(event.name, f"on {event.subject or 'nothing'}{_carries(event.members)}", cell(event.doc))
        for event in system.events
    )
    sizes = tuple(
        [SizeView(entry.name, f"{entry.amount:,} rows") for entry in system.load.rows]
        + [SizeView(entry.name, f"{entry.amount:,} requests a second") for entry in system.load.rps]
    )
    entities = tuple(_entity(system, entity) for entity in system.entities)
    return ArchitectureView(
        system.title,
        system.doc,
        entities,
        bool(machines),
        machines,
        enums,
        bool(enums),
        errors,
        bool(errors),
        events,
        bool(events),
        sizes,
        bool(sizes),
    )


def _carries(members: tuple[object, ...]) -> str:
    names = ", ".join(f"`{getattr(member, 'name', '')}`" for member in members)
    return f" with {names}" if names else ""


def _entity(system: SystemIR, entity: Entity) -> EntityView:
    fields = tuple(
        FieldView(field.name, code(_type(field)), cell(_notes(entity, field))) for field in entity.fields
    )
    return EntityView(entity.name, entity.table, entity.doc, tuple(_traits(system, entity)), fields)


def _traits(system: SystemIR, entity: Entity) -> list[str]:
    found = []
    if entity.tenant_root:
        found.append("Each row is a tenant: what belongs to one is never seen by another.")
    if entity.tenant:
        tenant = entity.field(entity.tenant)
        name = getattr(tenant, "target", entity.tenant)
        found.append(f"Each row belongs to one {name}, and its foreign keys cannot leave it.")
    if entity.owner:
        found.append(f"Rows are written together with their `{entity.owner}`.")
    if entity.audited:
        found.append("Every change is written to the audit log: caller, time, request, old and new row.")
    if entity.versioned:
        found.append(
            "Rows carry a version: `If-Match` refuses a change to a row that has changed since it was read."
        )
    if entity.soft_delete:
        found.append("Deletion hides a row and keeps it.")
    found += [
        f"Unique: {', '.join(key.columns)}" + (f" where {in_words(key.where)}." if key.where else ".")
        for key in system.table_of(entity.name).uniques
    ]
    return found


def _type(field: EntityField) -> str:
    if isinstance(field, ReferenceField):
        return field.target + ("?" if field.nullable else "")
    if isinstance(field, CollectionField):
        return f"{field.target}[]"
    return type_words(field.type) + ("?" if field.nullable else "")


def _notes(entity: Entity, field: EntityField) -> str:
    notes = [field.doc] if field.doc else []
    if field.name in entity.key:
        notes.append("Key.")
    if isinstance(field, ScalarField):
        notes += _scalar_notes(field)
    if isinstance(field, ComputedField):
        notes.append(f"Computed: `{in_words(field.expr)}`.")
    if isinstance(field, ReferenceField):
        notes.append("The tenant." if field.tenant else f"On delete: {field.on_delete.replace('_', ' ')}.")
    if isinstance(field, CollectionField):
        notes.append(f"Through {field.through}." if field.through else f"By `{field.inverse}`.")
    if field.deprecated:
        notes.append(f"Deprecated: {field.deprecated}.")
    return " ".join(notes)


def _scalar_notes(field: ScalarField) -> list[str]:
    notes = [_STAMPS[field.stamp].capitalize() + "."] if field.stamp else []
    if field.default is not None:
        notes.append(f"Default: `{in_words(field.default)}`.")
    marks = {"encrypted": field.encrypted, "personal data": field.pii, "never changes": field.immutable}
    marks["searched"] = field.searchable
    named = [name for name, holds in marks.items() if holds]
    return [*notes, f"{', '.join(named).capitalize()}."] if named else notes


def _machine(machine: Machine) -> MachineView:
    steps = tuple(
        StepView(
            ", ".join(f"`{state}`" for state in step.sources), f"`{step.target}`", code(step.operation or "")
        )
        for step in machine.transitions
    )
    title = f"{machine.entity}.{machine.field}"
    return MachineView(title, machine_picture(machine), code(machine.initial or ""), steps)


def machine_picture(machine: Machine) -> str:
    return f"diagrams/{machine.entity.lower()}-{machine.field.replace('_', '-')}.svg"
