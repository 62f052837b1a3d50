"""What was called otherwise and what is gone: old names as the database has them."""

from bdc import ir
from bdc.lowering.context import Context
from bdc.model.nodes.entity import ComputedField, Entity, ReferenceField, ScalarField
from bdc.model.nodes.evolution import Removal
from bdc.naming.casing import snake
from bdc.naming.references import key_member
from bdc.naming.sql import fitted


def lower_removal(context: Context, removal: Removal) -> ir.Removal:
    return ir.Removal(
        kind=removal.kind,
        name=removal.name,
        names=_physical(removal),
        embedded=removal.embedded,
        discard=removal.discard,
        replacement=removal.replacement,
        origin=context.origin(removal.span),
    )


def _physical(removal: Removal) -> tuple[str, ...]:
    names = _bare(removal)
    placed = removal.schema not in (None, "public")
    return tuple(f"{removal.schema}.{name}" for name in names) if placed else names


def _bare(removal: Removal) -> tuple[str, ...]:
    """A field that is gone may have been a value or a relation: only the database knows."""
    if removal.physical is not None:
        return (removal.physical,)
    if removal.kind == "sql":
        return (removal.name,)
    if removal.kind == "field":
        return (fitted(removal.name), fitted(key_member(removal.name)))
    return (removal.name,) if removal.kind in ("value", "member") else (fitted(snake(removal.name)),)


def former_columns(field: ScalarField | ReferenceField | ComputedField) -> tuple[str, ...]:
    """Return what the column may have been called. A relation may have been a plain field before."""
    if not isinstance(field, ReferenceField):
        return tuple(map(fitted, field.was))
    return tuple(fitted(name) for old in field.was for name in (key_member(old), old))


def former_checks(entity: Entity, was: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a check may have been called, in the table of today or in one that was called otherwise too."""
    tables = (entity.table, *former_tables(entity.was))
    return tuple(fitted(f"ck_{table}_{old}") for old in was for table in tables)


def former_tables(was: tuple[str, ...]) -> tuple[str, ...]:
    """Return what a table, view or type may have been called: what the language makes of a name, or the name that was given to it."""
    return tuple(dict.fromkeys(fitted(name) for old in was for name in (snake(old), old)))
