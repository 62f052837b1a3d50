"""Whether what a column holds is a value of another type, and the same one: asked of rows, and of what the old version writes meanwhile."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.catalog import Column, Domain, EnumType
from bdc.ddl.names import Name, quote
from bdc.ddl.printer import literal
from bdc.plan.context import Context
from bdc.plan.making import member
from bdc.plan.operations.columns.filling import fill
from bdc.plan.operations.types.domain_values import named
from bdc.plan.step import Step
from bdc.plan.typing_rules import (
    converted,
    has_cast,
    is_listed,
    is_text,
    is_wider,
    items_of,
    own_type,
    same_type,
)
from bdc.plan.value_fit import conforms


def fits(context: Context, table: Name, old: Column, new: Column) -> str | None:
    """Return the condition, over the columns of the row, that the value of `old`, which is not null, is one of the type of `new`; None
    where each is, or where something else takes its place."""
    if same_type(old.type, new.type) or is_wider(old.type, new.type) or context.replaces(table, new.name):
        return None
    value = quote(old.name)
    enum = _enum(context, new)
    if enum is not None:
        return _is_label(value, new, enum)
    conditions = list(_conditions(context, value, old, new))
    cases = " ".join(f"when not ({each}) then false" for each in conditions)
    return f"case {cases} else true end" if cases else None


def guarded(old: Column, expression: str, fitting: str | None) -> str:
    """Return `expression`, or null for what does not fit: the old version may write it until the contract."""
    name = quote(old.name)
    return expression if fitting is None else f"case when {name} is null or ({fitting}) then {expression} end"


def settle(context: Context, table: Name, old: Column, column: str, expression: str, fitting: str) -> Step:
    """Return the step that proves, with the contract, that the old version has left nothing that does not fit; it fails, and can be run
    again when those rows are corrected. `expression`: what `column` gets, guarded."""
    where = f"{quote(old.name)} is not null and not ({fitting})"
    step = fill(context, table, column, expression, where, "contract", 2, f"{column}-fits")
    return replace(step, title=f"Every {member(table, old.name)} fits the new type")


def _enum(context: Context, column: Column) -> EnumType | None:
    return next((each for each in context.new.enums if own_type(column.type, each.name)), None)


def _is_label(value: str, column: Column, enum: EnumType) -> str:
    labels = f"array[{', '.join(map(literal, enum.labels))}]"
    if column.type.endswith("[]"):
        return f"{value}::text[] <@ {labels}"
    return f"{value}::text = any ({labels})"


def _conditions(context: Context, value: str, old: Column, new: Column) -> Iterator[str]:
    domain = next((each for each in context.new.domains if own_type(new.type, each.name)), None)
    array = "[]" if new.type.endswith("[]") else ""
    kind = new.type if domain is None else domain.type + array
    if is_listed(kind, old.type):
        items = items_of(value, old.type)
        yield f"coalesce(pg_input_is_valid({items}::text, {literal(kind)}), false)"
    elif not is_listed(old.type, kind):
        yield f"pg_input_is_valid({value}::text, {literal(kind)})"
    if kind == "jsonb" and new.shape is not None:
        yield conforms(converted(value, old.type, kind, by_text=not has_cast(old.type, kind)), new.shape)
    if _may_lose(old.type, kind):
        yield f"{value}::{kind}::{old.type} is not distinct from {value}"
    if domain is not None and not array:
        yield from _judged(domain, value)


def _judged(domain: Domain, value: str) -> Iterator[str]:
    """Conditions of a domain hold where they are not false."""
    for check in domain.checks:
        yield f"coalesce({named(check.condition, f'({value}::text::{domain.type})')}, true)"


def _may_lose(old: str, new: str) -> bool:
    """Whether a value may come through the cast as another: digits, microseconds, times of a day. Texts are another matter."""
    texts = is_text(old) or is_text(new)
    return not texts and has_cast(old, new) and has_cast(new, old) and "json" not in (old, new)
