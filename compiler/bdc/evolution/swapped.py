"""Stored values of enums that mean something else from now on: `low @value("a"), high @value("b")` becomes `low @value("b"), high
@value("a")`. Rows hold the text alone, and while both versions run nothing says which of them wrote it."""

from collections.abc import Iterator

from bdc.ir import ArrayType, EnumDecl, EnumType, StructType, SystemIR, Type
from bdc.ir.entity import label_of
from bdc.plan import Refusal
from bdc.plan.refusals import cannot_plan


def swapped(before: SystemIR, after: SystemIR) -> Iterator[Refusal]:
    """Yield a refusal for every value of an enum in rows that would be stored as what stood for another value in `before`."""
    earlier, stored = {enum.name: enum for enum in before.enums}, _stored(before)
    for enum in after.enums:
        old = next((earlier[name] for name in (enum.name, *enum.was) if name in earlier), None)
        if old is not None and old.name in stored:
            yield from _of(old, enum)


def _of(old: EnumDecl, new: EnumDecl) -> Iterator[Refusal]:
    """Words of the past that stayed (`@was`) name values that may be there again, so that the present name counts first."""
    labels = {value.name: label_of(value) for value in old.values}
    meant = {label: name for name, label in labels.items()}
    left = {value.name for value in new.values}
    for value in new.values:
        other = meant.get(label_of(value))
        was = value.name if value.name in labels else next((n for n in value.was if n in labels), None)
        if other is not None and other != was and (other in left or was is not None):
            yield _refused(f"{new.name}.{value.name}", label_of(value), other, other in left)


def _refused(value: str, label: str, other: str, stays: bool) -> Refusal:
    free = f"give `{other}` a `@value` that no value had" if stays else f"drop `{other}`"
    return cannot_plan(
        value,
        f'it would be stored as "{label}", which stands for `{other}` in existing rows',
        f'{free}, write that migration and apply it with `--contract`; then "{label}" is free, and this change can be written',
    )


def _stored(system: SystemIR) -> frozenset[str]:
    """Return the enums whose values are in columns, alone, in lists or in structs."""
    found: set[str] = set()
    for table in system.tables:
        for column in table.columns:
            _reach(system, column.type, found, frozenset())
    return frozenset(found)


def _reach(system: SystemIR, logical: Type, found: set[str], around: frozenset[str]) -> None:
    item = logical.item if isinstance(logical, ArrayType) else logical
    if isinstance(item, EnumType):
        found.add(item.name)
    if isinstance(item, StructType) and item.name not in around:
        for field in system.struct(item.name).fields:
            _reach(system, field.type, found, around | {item.name})
