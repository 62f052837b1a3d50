"""Hooks of a resource: what create, update and delete require and set before they write their row, and what they write after it.

What comes in: `before create { … }` and `after create { … }` as written. What goes out: one operation for each of create, update and delete
that has hooks, named like it. In `before` a bare name is a field of the row as it is about to be written. In `after`, `this` is the row
that was written, and `old` the row before.
"""

from dataclasses import replace

from bdc import ir
from bdc.model.apis.operations import emits_of, operation_caller, sets_of, with_required
from bdc.model.apis.statements import THIS, requirements, rows_behind, statements, with_this
from bdc.model.context import ResolveContext
from bdc.model.errors.names import DuplicateMember, UnknownOperation
from bdc.model.errors.types import NotAllowedHere
from bdc.model.expressions.scope import Variable
from bdc.model.jobs.enqueues import enqueues
from bdc.model.nodes.api import Operation
from bdc.model.nodes.entity import Entity
from bdc.model.nodes.policy import Word
from bdc.syntax import ast

ACTIONS = ("create", "update", "delete")
_BEFORE = (ast.RequireItem, ast.SetItem, ast.Broken)
_OLD = ("update", "delete")


def resolve_hooks(
    context: ResolveContext, declared: ast.ResourceDecl, entity: Entity, verbs: tuple[Word, ...] | None
) -> tuple[Operation, ...]:
    """Return what the resource does beside its rows; report hooks of operations that it does not have."""
    if entity.view is not None:
        return ()
    offered = [each for each in ACTIONS if verbs is None or any(verb.text == each for verb in verbs)]
    first: dict[tuple[str, str], ast.HookDecl] = {}
    for item in declared.items:
        if not isinstance(item, ast.HookDecl):
            continue
        name = item.action
        if name.text not in offered:
            context.report(UnknownOperation(entity.name, name.text, name.span, tuple(offered)))
        elif (item.moment, name.text) in first:
            there = first[item.moment, name.text].action.span
            what = f"{item.moment} {name.text}"
            context.report(DuplicateMember("hook", what, "this resource", name.span, there))
        else:
            first[item.moment, name.text] = item
    actions = dict.fromkeys(action for _, action in first)
    return tuple(
        _hook(context, entity, action, first.get(("before", action)), first.get(("after", action)))
        for action in actions
    )


def _hook(
    context: ResolveContext,
    entity: Entity,
    action: str,
    before: ast.HookDecl | None,
    after: ast.HookDecl | None,
) -> Operation:
    span = next(each.action.span for each in (before, after) if each is not None)
    hook = Operation(name=action, span=span, entity=entity.name)
    if before is not None:
        with context.called_by(operation_caller(context, before, entity, action)):
            hook = _before(context, entity, hook, before)
    if after is not None:
        with context.called_by(operation_caller(context, after, entity, action)):
            hook = _after(context, entity, hook, after)
    return hook


def _before(context: ResolveContext, entity: Entity, hook: Operation, declared: ast.HookDecl) -> Operation:
    for item in declared.items:
        if not isinstance(item, _BEFORE):
            help_ = f"write it in `after {hook.name} {{ … }}`"
            context.report(NotAllowedHere(_word(item), f"`before {hook.name}`", item.span, help_))
        elif isinstance(item, ast.SetItem) and hook.name == "delete":
            context.report(NotAllowedHere("`set`", "`before delete`", item.span, "the row is deleted"))
    known = _old(entity) if hook.name == "update" else {}
    required = requirements(context, declared, entity, known)
    sets = sets_of(context, declared, entity, known) if hook.name != "delete" else ()
    return replace(hook, requires=required, sets=sets, errors=with_required((), required))


def _after(context: ResolveContext, entity: Entity, hook: Operation, declared: ast.HookDecl) -> Operation:
    for item in declared.items:
        if isinstance(item, _BEFORE) and not isinstance(item, ast.Broken):
            help_ = f"write it in `before {hook.name} {{ … }}`"
            context.report(NotAllowedHere(_word(item), f"`after {hook.name}`", item.span, help_))
        elif isinstance(item, ast.UpdateItem) and item.row.text == THIS:
            help_ = f"write `before {hook.name} {{ set {{ … }} }}`"
            context.report(NotAllowedHere("`update this`", f"`after {hook.name}`", item.span, help_))
    known = _old(entity) if hook.name in _OLD else {}
    if hook.name != "delete":
        known = with_this(known, entity)
    return replace(
        hook,
        statements=statements(context, declared, {**known, **rows_behind(entity, declared)}),
        enqueues=enqueues(context, declared, known),
        emits=emits_of(context, declared),
    )


def _old(entity: Entity) -> dict[str, Variable]:
    return {"old": Variable(ir.Root.OLD, ir.EntityType(name=entity.name))}


def _word(item: ast.Node) -> str:
    match item:
        case ast.WriteItem(verb=verb):
            return f"`{verb}`"
        case ast.UpdateItem():
            return "`update`"
        case ast.EnqueueItem(cancels=cancels):
            return "`cancel`" if cancels else "`enqueue`"
        case ast.RequireItem():
            return "`require`"
        case ast.SetItem():
            return "`set`"
    return "`emits`"
