"""Statements in the body of an operation: what it requires, and what it writes to other rows.

What comes in: an operation as written, the entity of its resource, what names mean there. What goes out: typed requirements and
statements, in written order. `update this { … }` is what `set { … }` is, and comes out as assignments of the row.
"""

from collections.abc import Iterator, Mapping

from bdc import ir
from bdc.model.apis.assignments import assigned
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownField, UnknownValue
from bdc.model.errors.types import NotAllowedHere
from bdc.model.expressions import Place, Scope, condition, value
from bdc.model.expressions.scope import Variable
from bdc.model.nodes.api import Requirement, Statement, StatementVerb
from bdc.model.nodes.behaviour import Assignment, ErrorDecl
from bdc.model.nodes.entity import Entity, ReferenceField
from bdc.model.policies.policies import policy_scope
from bdc.source import Span
from bdc.syntax import ast

Stating = ast.OperationDecl | ast.HookDecl

THIS = "this"
_STATEMENT = Place("a statement of an operation", actor=True)
_REQUIRE = Place("`require`", actor=True)
Variables = Mapping[str, Variable]


def with_this(variables: Variables, entity: Entity | None) -> dict[str, Variable]:
    """Return the variables, and `this` for the row of the operation where nothing else is called so."""
    if entity is None or THIS in variables or entity.find(THIS) is not None:
        return dict(variables)
    return {**variables, THIS: Variable(ir.Root.PARAM, ir.EntityType(name=entity.name))}


def rows_behind(entity: Entity, declared: Stating) -> dict[str, Variable]:
    """Return the rows that references of the row lead to, where `update` names them."""
    named = {item.row.text for item in declared.items if isinstance(item, ast.UpdateItem)}
    return {
        field.name: Variable(ir.Root.PARAM, ir.EntityType(name=field.target), field.nullable)
        for field in entity.fields
        if isinstance(field, ReferenceField) and field.name in named
    }


def own_changes(declared: Stating) -> Iterator[ast.SetItem]:
    """Yield what changes the row of the operation itself."""
    for item in declared.items:
        if isinstance(item, ast.SetItem):
            yield item
        elif isinstance(item, ast.UpdateItem) and item.row.text == THIS:
            yield ast.SetItem(item.values, span=item.span)


def statements(context: ResolveContext, declared: Stating, variables: Variables) -> tuple[Statement, ...]:
    """Return what the operation writes to other rows."""
    found = (_statement(context, item, variables) for item in declared.items)
    return tuple(each for each in found if each is not None)


def _statement(context: ResolveContext, item: ast.Node, variables: Variables) -> Statement | None:
    match item:
        case ast.UpdateItem(row=row, values=values) if row.text != THIS:
            entity = _row(context, row, variables)
            return (
                None
                if entity is None
                else _typed(context, item.span, "update", entity, row.text, values, variables)
            )
        case ast.WriteItem(verb=verb, values=values):
            entity = context.entity(item.entity)
            return (
                None if entity is None else _typed(context, item.span, verb, entity, None, values, variables)
            )
    return None


def _typed(
    context: ResolveContext,
    span: Span,
    verb: StatementVerb,
    entity: Entity,
    row: str | None,
    values: ast.ObjectLiteral,
    variables: Variables,
) -> Statement:
    """Return the statement: in an update bare names are fields of the row that changes, elsewhere there is no row."""
    scope = _scope(context, entity if row is not None else None, variables)
    return Statement(verb, entity.name, row, assigned(context, entity, values, scope), span)


def _row(context: ResolveContext, name: ast.Name, variables: Variables) -> Entity | None:
    variable = variables.get(name.text)
    if variable is not None and isinstance(variable.type, ir.EntityType) and variable.root is ir.Root.PARAM:
        return context.entities.get(variable.type.name)
    rows = [
        each
        for each, known in variables.items()
        if isinstance(known.type, ir.EntityType) and known.root is ir.Root.PARAM
    ]
    if variable is None or not variable.unjudged:
        context.report(UnknownValue(name.text, name.span, tuple(rows)))
    return None


def _scope(context: ResolveContext, entity: Entity | None, variables: Variables) -> Scope:
    base = policy_scope(context, entity.name if entity else "", _STATEMENT)
    return Scope(context, _STATEMENT, entity.name if entity else None, {**base.variables, **variables})


def requirements(
    context: ResolveContext, declared: Stating, entity: Entity | None, variables: Variables
) -> tuple[Requirement, ...]:
    """Return what must hold before anything is written, each with the error that it raises otherwise."""
    base = policy_scope(context, entity.name if entity else "", _REQUIRE)
    row = entity.name if entity else None
    scope = Scope(context, _REQUIRE, row, {**base.variables, **variables})
    found = []
    for item in declared.items:
        if not isinstance(item, ast.RequireItem):
            continue
        asked = condition(item.condition, scope)
        symbol = context.symbol(item.error.last, "error")
        error = context.errors.get(symbol.name) if symbol is not None else None
        if asked is None or error is None:
            continue
        members = tuple(_members(context, error, item.members, scope)) if item.members else ()
        found.append(Requirement(asked, error.name, members, item.error.span))
    return tuple(found)


def _members(
    context: ResolveContext, error: ErrorDecl, written: ast.ObjectLiteral, scope: Scope
) -> Iterator[Assignment]:
    known = {each.name: each for each in error.members}
    for entry in written.entries:
        name = entry.name.text
        member = known.get(name)
        if member is None:
            context.report(UnknownField(f"error `{error.name}`", name, entry.name.span, tuple(known)))
            continue
        if isinstance(member.type, ir.EntityType):
            what = f"`{name}`, which is a row,"
            context.report(
                NotAllowedHere(
                    what, "`require`", entry.name.span, "leave it out: the row of the operation is taken"
                )
            )
            continue
        expr = value(entry.value, scope, member.type, member.nullable, f"`{name}`")
        if expr is not None:
            yield Assignment(name, expr, entry.name.span)
