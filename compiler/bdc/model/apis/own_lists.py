"""Lists of a resource under paths of their own, where some filters are given."""

from collections.abc import Iterable, Iterator, Sequence

from bdc import ir
from bdc.model.apis.lists import at_end
from bdc.model.context import ResolveContext
from bdc.model.errors.names import DuplicateMember, UnknownSetting
from bdc.model.errors.types import BadSetting
from bdc.model.nodes.api import Filter, OwnList
from bdc.model.nodes.entity import ComputedField, Entity, ScalarField
from bdc.model.typing.types import describe
from bdc.syntax import ast

Field = ScalarField | ComputedField


def resolve_own_lists(
    context: ResolveContext, declared: ast.ResourceDecl, entity: Entity, filters: Sequence[Filter]
) -> tuple[OwnList, ...]:
    """Return the lists under paths of their own; report filters that there are not, and values that they do not take."""
    found: dict[str, OwnList] = {}
    for item in declared.items:
        if not isinstance(item, ast.ListItem):
            continue
        made = OwnList(
            item.name.text,
            "/" + item.path.value.strip("/"),
            tuple(_presets(context, entity, filters, item)),
            item.doc,
            item.name.span,
        )
        first = found.setdefault(made.name, made)
        if first is not made:
            context.report(DuplicateMember("list", made.name, "this resource", made.span, first.span))
        if "{" in made.path:
            context.report(BadSetting(made.name, "a path without braces", item.path.span))
    return tuple(found.values())


def _presets(
    context: ResolveContext, entity: Entity, filters: Sequence[Filter], item: ast.ListItem
) -> Iterator[tuple[str, str]]:
    known = dict(_known(context, entity, filters))
    if not item.filters.entries:
        context.report(BadSetting(item.name.text, "at least one filter: `{ … }`", item.filters.span))
    for entry in item.filters.entries:
        field = known.get(entry.name.text)
        if field is None:
            context.report(UnknownSetting(entry.name.text, "`list`", entry.name.span, tuple(known)))
            continue
        text = _text(context, field, entry.value)
        if text is None:
            context.report(
                BadSetting(entry.name.text, f"a constant `{describe(field.type)}`", entry.value.span)
            )
        else:
            yield entry.name.text, text


def _known(context: ResolveContext, entity: Entity, filters: Iterable[Filter]) -> Iterator[tuple[str, Field]]:
    """Yield the filters that compare for equality, by what callers write."""
    for each in filters:
        field = at_end(context.entities, entity.name, each.path).find(each.field)
        compared = not each.operators or any(word.text == "eq" for word in each.operators)
        if isinstance(field, ScalarField | ComputedField) and compared:
            yield each.called.text if each.called is not None else each.path, field


def _text(context: ResolveContext, field: Field, value: ast.Expr) -> str | None:
    """Return a value as a query string has it; None for one that is no constant of the type."""
    logical = field.type
    scalar = logical.scalar if isinstance(logical, ir.ScalarType) else None
    match value:
        case ast.BoolLiteral(value=flag) if scalar is ir.Scalar.BOOL:
            return "true" if flag else "false"
        case ast.IntLiteral(value=number) if scalar in (ir.Scalar.INT, ir.Scalar.BIGINT):
            return str(number)
        case ast.StringLiteral(value=text) if scalar in (ir.Scalar.STRING, ir.Scalar.TEXT):
            return text
        case ast.Path() if isinstance(logical, ir.EnumType) and logical.name in context.enums:
            labels = {each.name: each.label or each.name for each in context.enums[logical.name].values}
            return labels.get(value.text)
    return None
