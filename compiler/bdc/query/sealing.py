"""What an encrypted value is bound to, decided once: for statements that mark it, for the service that seals it, for seeds and tests.

The additional data of a value is `table.column|tenant|key`. The key of the row is part of it where the service knows the key before the
row is written: one uuid that the caller gives or the service makes. Any other key (a number of the database, a text, several fields) stays
out: PostgreSQL may write such a key in another way than the caller did.
"""

from bdc.ir import Entity, EntityField, ReferenceField, Scalar, ScalarField, ScalarType, SystemIR, Type
from bdc.query.names import quote
from bdc.query.relations import key_columns, tenant_column

# Texts of these types hold neither a control character nor `|`.
_PLAIN = {Scalar.UUID, Scalar.INT, Scalar.BIGINT, Scalar.DATE, Scalar.BOOL, Scalar.DECIMAL, Scalar.TIMESTAMP}


def sealed_fields(entity: Entity) -> tuple[ScalarField, ...]:
    """Return the encrypted fields, in declared order."""
    return tuple(field for field in entity.fields if isinstance(field, ScalarField) and is_sealed(field))


def is_sealed(field: EntityField) -> bool:
    """Return whether the values of a field are stored encrypted."""
    return isinstance(field, ScalarField) and field.encrypted


def row_key(entity: Entity) -> ScalarField | None:
    """Return the field whose value binds encrypted values to their row; None where they are bound to column and tenant alone."""
    if len(entity.key) != 1:
        return None
    field = entity.field(entity.key[0])
    if (
        not isinstance(field, ScalarField)
        or not isinstance(field.type, ScalarType)
        or _is_carried(entity, field)
    ):
        return None
    return field if field.type.scalar is Scalar.UUID else None


def _is_carried(entity: Entity, field: ScalarField) -> bool:
    """Return whether the field is part of a reference too: an owner may give its value."""
    return any(isinstance(other, ReferenceField) and field.name in other.carriers for other in entity.fields)


def place_sql(system: SystemIR, entity: Entity, field: ScalarField, alias: str) -> str:
    """Return the SQL text of `table.column|tenant|key|` for the row `alias`. A part that may hold anything is written as `~` and
    hexadecimal digits, so that no key and no tenant can end the mark around it."""
    tenant = tenant_column(system, entity)
    owner = _part(system, entity, (tenant,), alias) if tenant else "''"
    key = _part(system, entity, key_columns(entity), alias)
    place = f"{entity.table}.{field.column}|".replace("'", "''")
    return f"'{place}' || {owner} || '|' || {key} || '|'"


def _part(system: SystemIR, entity: Entity, columns: tuple[str, ...], alias: str) -> str:
    table = system.table(entity.table)
    texts = " || ',' || ".join(f"{quote(alias)}.{quote(name)}::text" for name in columns)
    if all(_is_plain(table.column(name).type) for name in columns):
        return texts
    return f"'~' || encode(convert_to({texts}, 'UTF8'), 'hex')"


def _is_plain(logical: Type) -> bool:
    return isinstance(logical, ScalarType) and logical.scalar in _PLAIN


def sealed_argument(field: ScalarField) -> str:
    """Return the name of the argument that brings the sealed value of a field that an operation sets."""
    return f"sealed_value_of_{field.name}"
