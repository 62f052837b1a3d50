"""Seeds: rows with names, complete, in reach of each other and of scenarios."""

from bdc import ir
from bdc.model.apis.assignments import assign
from bdc.model.behaviour.carried_rows import carriers_of, with_carried
from bdc.model.context import ResolveContext
from bdc.model.errors.names import DuplicateMember, UnknownField, UnknownValue
from bdc.model.errors.types import MissingMember, TypeMismatch
from bdc.model.expressions import Place, Scope, typed
from bdc.model.expressions.rows import mentions_caller
from bdc.model.expressions.scope import Variable
from bdc.model.nodes.behaviour import Assignment, Row, Seed
from bdc.model.nodes.entity import Entity, ReferenceField, ScalarField
from bdc.model.typing.types import describe
from bdc.source import Span
from bdc.syntax import ast

_VALUES = Place("the values of a row", computed=False, secrets=True)


def resolve_seeds(context: ResolveContext) -> None:
    for declared in context.declarations():
        if not isinstance(declared, ast.SeedDecl):
            continue
        name = declared.name.text
        if name in context.seeds:
            context.report(
                DuplicateMember("seed", name, "the system", declared.name.span, context.seeds[name].span)
            )
            continue
        rows = _rows(context, declared)
        written = {each.name.text for each in declared.rows if isinstance(each, ast.SeedRow)}
        unread = frozenset(written - {row.name for row in rows})
        context.seeds[name] = Seed(name, declared.name.span, rows, unread)


def _rows(context: ResolveContext, declared: ast.SeedDecl) -> tuple[Row, ...]:
    """Rows may refer to each other in any order, so their names are known before their values."""
    variables: dict[str, Variable] = {}
    written = [each for each in declared.rows if isinstance(each, ast.SeedRow)]
    first: dict[str, Span] = {}
    for each in written:
        name = each.name.text
        if first.setdefault(name, each.name.span) != each.name.span:
            context.report(
                DuplicateMember("row", name, f"seed `{declared.name.text}`", each.name.span, first[name])
            )
        entity = context.entity(each.entity)
        variables.setdefault(name, row_variable(entity))
    rows = (named_row(context, each.name, each.entity, each.values, variables) for each in written)
    made = {row.name: row for row in rows if row is not None}
    return tuple(with_carried(context, row, made.get) for row in made.values())


def row_variable(entity: Entity | None) -> Variable:
    if entity is None:
        return Variable(ir.Root.SCENARIO, ir.ScalarType(scalar=ir.Scalar.TEXT), unjudged=True)
    return Variable(ir.Root.SCENARIO, ir.EntityType(name=entity.name))


def named_row(
    context: ResolveContext,
    name: ast.Name,
    path: ast.Path,
    values: ast.ObjectLiteral,
    variables: dict[str, Variable],
) -> Row | None:
    symbol = context.file(path.span).find(path.text)
    entity = context.entities.get(symbol.name) if symbol is not None else None
    if entity is None:
        return None
    scope = Scope(context, _VALUES, None, variables)
    found: dict[str, Assignment] = {}
    for entry in values.entries:
        assigned = _assign(context, entity, entry, scope)
        if entry.name.text in found:
            place = f"row `{name.text}`"
            context.report(
                DuplicateMember("field", entry.name.text, place, entry.name.span, found[entry.name.text].span)
            )
        elif assigned is not None:
            found[assigned.field] = assigned
    _complete(context, entity, name, values)
    return Row(name.text, entity.name, tuple(found.values()), name.span)


def _assign(context: ResolveContext, entity: Entity, entry: ast.Entry, scope: Scope) -> Assignment | None:
    """Like any assignment; a row of a seed is written as `seed.row`."""
    field = entity.find(entry.name.text)
    if isinstance(entry.value, ast.Path) and isinstance(field, ReferenceField):
        expr = seed_row(context, entry.value, scope)
        if expr is None:
            return None
        if expr.type != ir.EntityType(name=field.target):
            context.report(TypeMismatch(field.target, describe(expr.type), entry.value.span))
            return None
        return Assignment(field.name, expr, entry.name.span)
    return assign(context, entity, entry, scope)


def _complete(context: ResolveContext, entity: Entity, name: ast.Name, values: ast.ObjectLiteral) -> None:
    given = {entry.name.text for entry in values.entries}
    given |= carriers_of(context, entity.name, given)
    missing = tuple(
        field.name
        for field in entity.fields
        if isinstance(field, ScalarField | ReferenceField) and field.name not in given and _is_needed(field)
    )
    if missing:
        context.report(MissingMember(f"a row of `{entity.name}`", missing, name.span))


def _is_needed(field: ScalarField | ReferenceField) -> bool:
    if field.nullable:
        return False
    if isinstance(field, ReferenceField):
        return not field.carriers  # what carries it is needed
    if mentions_caller(field.default):
        return True
    return field.declared.default is None and field.stamp is None and not field.numbered


def seed_row(context: ResolveContext, path: ast.Path, scope: Scope) -> ir.Path | None:
    """Return the path to a row: `o` given here, or `acme.bob` of a seed. Its `name` is the row's whole name."""
    names = [name.text for name in path.names]
    if names[0] in scope.variables:
        found = typed(path, scope)
        return found if isinstance(found, ir.Path) else None
    seed = context.seeds.get(names[0])
    if seed is None:
        context.report(
            UnknownValue(
                names[0],
                path.names[0].span,
                (*sorted(each for each in scope.variables if "." not in each), *sorted(context.seeds)),
            )
        )
        return None
    if len(names) != 2:
        context.report(
            UnknownValue(path.text, path.span, tuple(f"{seed.name}.{row.name}" for row in seed.rows))
        )
        return None
    rows = tuple(dict.fromkeys(each.name for each in seed.rows))
    row = next((row for row in seed.rows if row.name == names[1]), None)
    if row is None and names[1] not in seed.unread:
        context.report(UnknownField(f"seed `{seed.name}`", names[1], path.last.span, rows, "row"))
    if row is None:
        return None
    return ir.Path(root=ir.Root.SCENARIO, name=f"{seed.name}.{row.name}", type=ir.EntityType(name=row.entity))
