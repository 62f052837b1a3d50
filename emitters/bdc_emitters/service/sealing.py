"""Which members of bodies and rows are stored encrypted, as source text for the generated operations and for code of the user."""

from collections.abc import Iterator

from bdc.ir import (
    Entity,
    Expr,
    HandlerBody,
    InputShape,
    Literal,
    Operation,
    Path,
    ScalarField,
    SystemIR,
    TransitionBody,
)
from bdc.output import GeneratedFile
from bdc.output.templates import Templates
from bdc.query.relations import tenant_column
from bdc.query.sealing import is_sealed, row_key, sealed_argument, sealed_fields
from bdc.source.records import dataclass
from bdc.surface.addresses import is_by_key

TEMPLATES = Templates("bdc_emitters.service")


@dataclass(frozen=True, slots=True)
class SealedFieldView:
    """`name` is `Entity.field`, `source` the description of the field."""

    name: str
    source: str


@dataclass(frozen=True, slots=True)
class SealedFieldsView:
    fields: tuple[SealedFieldView, ...]
    has_fields: bool


def sealed_fields_file(system: SystemIR) -> GeneratedFile:
    """Return the module that lists all encrypted fields."""
    fields = tuple(
        SealedFieldView(
            f"{entity.name}.{field.name}",
            f"SealedField({_column(entity, field)!r}, {_claim(system, entity)!r}, {row_key(entity) is not None})",
        )
        for entity in system.entities
        for field in sealed_fields(entity)
    )
    text = TEMPLATES.render("sealed_fields.py.j2", SealedFieldsView(fields, bool(fields)))
    return GeneratedFile("services/data/sealed_fields.py", text)


def sealed_create(system: SystemIR, entity: Entity, shape: InputShape | None) -> str:
    """Return the `SealedShape` of a new row and the rows written with it; '' when nothing in them is encrypted."""
    given = {member.field: member for member in shape.members} if shape else {}
    members = [
        _member(entity, field, default=_constant(field.default))
        for field in sealed_fields(entity)
        if field.name in given or field.default is not None
    ]
    nested = list(_nested(system, entity, shape))
    if not members and not nested:
        return ""
    key = row_key(entity) if sealed_fields(entity) else None
    return _shape(system, entity, members, key, creates=True, nested=nested)


def _nested(system: SystemIR, entity: Entity, shape: InputShape | None) -> Iterator[str]:
    """Yield the shapes of new rows in collections that hold something encrypted, by the name of the collection."""
    for member in shape.members if shape else ():
        if member.nested is not None:
            target = entity.field(member.field).target  # type: ignore[union-attr]
            inner = sealed_create(system, system.entity(target), member.nested)
            yield from [f"({member.field!r}, {inner})"] if inner else []


def sealed_update(system: SystemIR, entity: Entity, shape: InputShape | None) -> str:
    """Return the `SealedShape` of a change; '' when nothing in it is encrypted: an encrypted value belongs to the key of its row, so
    that where paths name rows by another field, no change writes one of the row itself."""
    own = sealed_fields(entity) if is_by_key(system, entity) else ()
    members, nested = [_member(entity, field) for field in own], list(_nested(system, entity, shape))
    if not members and not nested:
        return ""
    return _shape(system, entity, members, row_key(entity) if members else None, nested=nested)


def sealed_operation(system: SystemIR, entity: Entity, operation: Operation) -> str:
    """Return the `SealedShape` of the arguments that an operation stores encrypted; '' when it stores none."""
    members = list(_assigned(entity, operation))
    return _shape(system, entity, members, row_key(entity)) if members else ""


def sealed_row(system: SystemIR, entity: Entity) -> str:
    """Return the `SealedRow` by which user code is given a row; '' when nothing in it is encrypted."""
    columns = "".join(f"({field.column!r}, {_column(entity, field)!r}), " for field in sealed_fields(entity))
    if not columns:
        return ""
    key = row_key(entity)
    return f"SealedRow(({columns}), {tenant_column(system, entity) or ''!r}, {key.column if key else ''!r})"


def _assigned(entity: Entity, operation: Operation) -> Iterator[str]:
    body = operation.body
    for each in body.sets if isinstance(body, TransitionBody | HandlerBody) else ():
        field = entity.field(each.field)
        if isinstance(field, ScalarField) and is_sealed(field):
            source, default = _origin(operation, each.value)
            yield _member(entity, field, sealed_argument(field), default, source)


def _origin(operation: Operation, value: Expr) -> tuple[str, object]:
    """Return the parameter that a value comes from, and what it is without one."""
    if isinstance(value, Path) and value.name is not None:
        declared = next(each for each in operation.parameters if each.name == value.name)
        return declared.name, _constant(declared.default)
    return "", _constant(value)


def _constant(value: Expr | None) -> object:
    return value.value if isinstance(value, Literal) else None


def _member(
    entity: Entity, field: ScalarField, member: str = "", default: object = None, source: str = ""
) -> str:
    more = (f", default={default!r}" if default is not None else "") + (
        f", source={source!r}" if source else ""
    )
    return f"SealedMember({member or field.name!r}, {_column(entity, field)!r}{more})"


def _shape(
    system: SystemIR,
    entity: Entity,
    members: list[str],
    key: ScalarField | None,
    *,
    creates: bool = False,
    nested: list[str] | None = None,
) -> str:
    parts = [
        f"{_claim(system, entity)!r}",
        f"({''.join(f'{each}, ' for each in members)})",
        f"{key.name if key else ''!r}",
    ]
    if creates:
        parts.append("creates=True")
    if creates or nested:
        parts.append(f"nested=({''.join(f'{each}, ' for each in nested or ())})")
    return f"SealedShape({', '.join(parts)})"


def _column(entity: Entity, field: ScalarField) -> str:
    return f"{entity.table}.{field.column}"


def _claim(system: SystemIR, entity: Entity) -> str:
    claim = system.identity.tenant_claim if system.identity else None
    return claim or "" if entity.tenant else ""
