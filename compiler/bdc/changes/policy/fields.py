"""Rules of single fields: which roles read and write them, and what the others see."""

from collections.abc import Iterator

from bdc.changes.change import Access, Change
from bdc.changes.meaning.canonical import FALSE, TRUE
from bdc.changes.policy.earlier import earlier
from bdc.changes.policy.shift import Shift, Surfaces, enum_values, shifts
from bdc.changes.sides import Sides
from bdc.ir import Expr, FieldRule, Grant, Origin, Policy, SystemIR
from bdc.policy.expression_text import in_words
from bdc.policy.matrix import Matrix, Verdict
from bdc.source.records import dataclass

_WRITES = ("create", "update")
_WORDS = {"narrowed": "lost", "widened": "gained"}


@dataclass(frozen=True, slots=True)
class _Place:
    """A field of the new side. `verb`: `read` or `write`. `opened`: no answer had it before."""

    entity: str
    field: str
    verb: str
    origin: Origin | None
    opened: bool = False

    @property
    def name(self) -> str:
        return f"{self.entity}.{self.field}"


def field_changes(sides: Sides, entity: str, matrices: tuple[Matrix, Matrix]) -> Iterator[Change]:
    """Yield what has happened to the rules of the fields of one entity."""
    before = _rules(sides.old.policy(sides.renames.entity(entity)))
    policy = sides.new.policy(entity)
    after = _rules(policy)
    earlier_fields = {field.name: field for field in sides.old.entity(sides.renames.entity(entity)).fields}
    fields = {field.name: field for field in sides.new.entity(entity).fields}
    for name in sorted(fields):
        was = sides.renames.field(entity, name)
        old, new = before.get(was), after.get(name)
        opened = was in earlier_fields and earlier_fields[was].hidden and not fields[name].hidden
        if was not in earlier_fields or (old == new and not opened):
            continue
        origin = new.origin if new else (policy.origin if policy else None)
        for verb in ("read", "write"):
            place = _Place(entity, name, verb, origin, opened and verb == "read")
            yield from _grants(sides, place, (old, new), matrices)
        yield from _mask(f"{entity}.{name}", old, new, origin)


def write_changes(sides: Sides, entity: str, matrices: tuple[Matrix, Matrix]) -> Iterator[tuple[str, str]]:
    """Yield the fields of an entity whose rule of writing has changed, with the code that says how."""
    for change in field_changes(sides, entity, matrices):
        if change.place.endswith(" write"):
            yield change.place.removeprefix(f"{entity}.").removesuffix(" write"), change.code


def _rules(policy: Policy | None) -> dict[str, FieldRule]:
    return {rule.field: rule for rule in policy.fields} if policy else {}


def _grants(
    sides: Sides,
    place: _Place,
    rules: tuple[FieldRule | None, FieldRule | None],
    matrices: tuple[Matrix, Matrix],
) -> Iterator[Change]:
    old, new = (getattr(rule, place.verb) if rule else None for rule in rules)
    if old == new and not place.opened:
        return
    found: dict[str, tuple[Shift, list[str]]] = {}
    for role in _concerned(sides, place, matrices):
        before = FALSE if place.opened else _allowed(sides.old, old, role)
        after = earlier(_allowed(sides.new, new, role), sides.renames)
        for shift in shifts(before, after, enum_values(sides)):
            found.setdefault(_WORDS.get(shift.word, shift.word), (shift, []))[1].append(role)
    for word, (shift, roles) in found.items():
        yield _told(sides.new, place, (old, new), word, shift, roles)


def _told(
    system: SystemIR,
    place: _Place,
    grants: tuple[Grant | None, Grant | None],
    word: str,
    shift: Shift,
    roles: list[str],
) -> Change:
    actions = ("read",) if place.verb == "read" else _WRITES
    verb = "read" if place.verb == "read" else "written"
    verdict = {"lost": "may no longer", "gained": "may now"}.get(word, "may in other cases")
    message = (
        f"{', '.join(roles)} {verdict} {place.verb} {place.name}: it may be {verb} by {_readers(grants[1])}"
        f" instead of {'no caller' if place.opened else _readers(grants[0])}{shift.told}"
    )
    access = Access(
        tuple(roles),
        f"{place.verb} {place.field}",
        Surfaces(system).of(place.entity, *actions),
        shift.example,
    )
    return Change(
        f"policy.field-{word}", f"{place.name} {place.verb}", message, origin=place.origin, access=access
    )


def _concerned(sides: Sides, place: _Place, matrices: tuple[Matrix, Matrix]) -> tuple[str, ...]:
    """The roles that reach rows of the entity on both sides: to the others a rule of a field means nothing."""
    actions = ("read",) if place.verb == "read" else _WRITES
    entities = sides.renames.entity(place.entity), place.entity
    reaching = [
        {
            cell.role: None
            for action in actions
            for cell in matrix.of(entity, action)
            if cell.verdict is not Verdict.NEVER
        }
        for matrix, entity in zip(matrices, entities, strict=True)
    ]
    return tuple(role for role in reaching[0] if role in reaching[1])


def _allowed(system: SystemIR, grant: Grant | None, role: str) -> Expr:
    """No grant leaves a field to every caller that has the row."""
    if grant is None:
        return TRUE
    held = not grant.roles or any(
        role == name or role in system.role(name).granted_by for name in grant.roles
    )
    return (grant.condition or TRUE) if held else FALSE


def _mask(
    place: str, old: FieldRule | None, new: FieldRule | None, origin: Origin | None
) -> Iterator[Change]:
    masks = (old.mask if old else None), (new.mask if new else None)
    if old and new and old.read and new.read and masks[0] != masks[1]:
        was, now = (in_words(mask) if mask else "null" for mask in masks)
        message = f"a caller who may not read {place} gets {now} instead of {was}"
        yield Change("policy.mask-changed", f"{place} mask", message, origin=origin)


def _readers(grant: Grant | None) -> str:
    if grant is None:
        return "all callers that have the row"
    when = f" when `{in_words(grant.condition)}`" if grant.condition else ""
    return ", ".join(grant.roles) + when
