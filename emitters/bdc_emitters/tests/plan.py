"""Which rows the world has, before any of them has values."""

from collections.abc import Iterator

from bdc.ir import Entity, ReferenceField, ScalarField, SystemIR, label_of
from bdc.source.records import dataclass
from bdc_emitters.tests.rows import row_name

OWN, FOREIGN, BARE, SPARE, UNBORN = "own", "foreign", "bare", "spare", "unborn"


@dataclass(frozen=True)
class Planned:
    """A row that is to be. `variant`: whose it is."""

    name: str
    entity: str
    variant: str
    state: str | None
    tenant: str


def planned_rows(system: SystemIR, entity: Entity) -> Iterator[Planned]:
    """Yield the rows of an entity: own and foreign ones in every state, a bare one, and one of another tenant."""
    states: tuple[str | None, ...] = states_of(system, entity) or (None,)
    variants = [(OWN, "a")] if entity.tenant_root else [(OWN, "a"), (FOREIGN, "a")]
    # A key made of references alone has no room for one more row beside the same rows.
    own_key = any(isinstance(entity.field(name), ScalarField) for name in entity.key)
    nullable = any(getattr(each, "nullable", False) for each in entity.fields)
    if own_key and nullable and not entity.tenant_root:
        variants.append((BARE, "a"))
    if is_tenanted(entity):
        variants.append((OWN, "b"))
    for variant, tenant in variants:
        for state in states if (tenant, variant == BARE) == ("a", False) else states[:1]:
            yield Planned(row_name(entity, variant, state, tenant), entity.name, variant, state, tenant)


def states_of(system: SystemIR, entity: Entity) -> tuple[str, ...]:
    """Return the values of the field that the entity's machine governs; nothing without a machine."""
    machine = system.machine(entity.name)
    if machine is None:
        return ()
    field = entity.field(machine.field)
    assert isinstance(field, ScalarField)
    return tuple(label_of(value) for value in system.enum(getattr(field.type, "name", "")).values)


def is_tenanted(entity: Entity) -> bool:
    return entity.tenant_root or entity.tenant is not None


def insertion_order(system: SystemIR) -> tuple[Entity, ...]:
    """Return the entities so that what a row refers to comes before it (cycles are broken at the later declaration)."""
    placed: dict[str, Entity] = {}

    def place(entity: Entity, above: frozenset[str]) -> None:
        if entity.name in placed or entity.name in above:
            return
        for each in entity.fields:
            if isinstance(each, ReferenceField):
                place(system.entity(each.target), above | {entity.name})
        placed[entity.name] = entity

    for entity in system.entities:
        place(entity, frozenset())
    return tuple(placed.values())
