"""A view is the same for every caller: it shows no computed field that depends on the caller."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.expressions import fields_of
from bdc.diagnostics import Fact
from bdc.model import Model
from bdc.model.errors.types import NotAllowedHere
from bdc.model.expressions.rows import mentions_caller
from bdc.model.nodes.entity import ComputedField

_REMEDY = "leave it out: a view is the same for every caller"


def caller_in_view(model: Model) -> Iterator[Fact]:
    personal = _personal(model)
    for entity in model.entities.values():
        for name, expr in entity.view.values if entity.view is not None else ():
            field = entity.find(name)
            if field is not None and personal & set(fields_of(expr)):
                what = f"`{name}`, which depends on the caller,"
                yield NotAllowedHere(what, "a view", field.span, _REMEDY)
        if (
            entity.view is not None
            and entity.view.where is not None
            and personal & set(fields_of(entity.view.where))
        ):
            yield NotAllowedHere(
                "a field that depends on the caller", "the condition of a view", entity.span, _REMEDY
            )


def _personal(model: Model) -> set[tuple[str, str]]:
    """Return the computed fields that depend on the caller, themselves or by another one."""
    computed: dict[tuple[str, str], ir.Expr] = {
        (entity.name, field.name): field.expr
        for entity in model.entities.values()
        for field in entity.fields
        if isinstance(field, ComputedField) and field.expr is not None
    }
    found = {place for place, expr in computed.items() if mentions_caller(expr)}
    while more := {place for place, expr in computed.items() if found & set(fields_of(expr))} - found:
        found |= more
    return found
