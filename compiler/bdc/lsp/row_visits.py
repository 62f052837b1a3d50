"""What names mean in rows, scenarios and expressions."""

from dataclasses import replace
from typing import Any

from bdc.ir import LAST_RUN
from bdc.lsp.symbols import Target
from bdc.lsp.walker import NOTHING, Reach, Scope, Walker
from bdc.model.expressions.trees import is_walk
from bdc.syntax import ast


# ---- rows and scenarios --------------------------------------------------------------------------------------------------
def seed(walker: Walker, node: ast.SeedDecl, scope: Scope) -> None:
    known = _seeds(walker)
    for row in node.rows:
        if isinstance(row, ast.SeedRow):
            entity = walker.top(row.entity.last)
            target = Target("row", node.name.text, row.name.text)
            walker.note(row.name, target, declares=True)
            object_(walker, row.values, known, entity)
            known = known.with_variable(row.name.text, target, Reach(entity))


def _seeds(walker: Walker) -> Scope:
    """Return a scope with the rows of every seed, by their own name and behind the name of their seed."""
    scope = Scope()
    for tree in walker.symbols.names.trees:
        for seed in tree.declarations:
            for row in seed.rows if isinstance(seed, ast.SeedDecl) else ():
                if isinstance(seed, ast.SeedDecl) and isinstance(row, ast.SeedRow):
                    target = Target("row", seed.name.text, row.name.text)
                    reach = Reach(walker.symbols.find(tree.file.path, row.entity.text))
                    scope = scope.with_variable(f"{seed.name.text}.{row.name.text}", target, reach)
    return scope


def test(walker: Walker, node: ast.TestDecl, scope: Scope) -> None:
    known = _seeds(walker)
    for step in node.steps:
        if isinstance(step, ast.GivenStep):
            entity = walker.top(step.entity.last)
            target = Target("row", f"test {node.title.value}", step.name.text)
            walker.note(step.name, target, declares=True)
            object_(walker, step.values, known, entity)
            known = known.with_variable(step.name.text, target, Reach(entity))
        else:
            walker.visit(step, known)


def as_(walker: Walker, node: ast.AsStep, scope: Scope) -> None:
    _scenario_path(walker, node.actor, scope)
    for role in node.roles:
        walker.top(role)


def expect_access(walker: Walker, node: ast.ExpectAccess, scope: Scope) -> None:
    _scenario_path(walker, node.target, scope)
    reached = walker.reach(node.target, scope)
    walker.operation(reached.type.name if reached.type is not None else "", node.action)


def expect_error(walker: Walker, node: ast.ExpectError, scope: Scope) -> None:
    walker.note(node.error.last, walker.symbols.anywhere(walker.path, node.error.text))
    walker.visit(node.call, scope)


def expect_event(walker: Walker, node: ast.ExpectEvent, scope: Scope) -> None:
    event = walker.top(node.event.last)
    if node.values is not None:
        object_(walker, node.values, scope, event)


def receive(walker: Walker, node: ast.ReceiveStep, scope: Scope) -> None:
    event = walker.top(node.event.last)
    if node.values is not None:
        object_(walker, node.values, scope, event)


def run(walker: Walker, node: ast.RunStep, scope: Scope) -> None:
    walker.top(node.job)


def _scenario_path(walker: Walker, node: ast.Path, scope: Scope) -> Reach:
    """Follow a path of a scenario, whose first two names may be those of a row of a seed."""
    joined = ".".join(name.text for name in node.names[:2])
    if len(node.names) > 1 and joined in scope.variables:
        target, here = scope.variables[joined]
        walker.note(node.names[1], target)
        for name in node.names[2:]:
            found = walker.member(here.type, name)
            here = NOTHING if found is None else Reach(found.type, found.many)
        return here
    return walker.walk(node.names, scope)


def object_(walker: Walker, node: ast.ObjectLiteral, scope: Scope, owner: Target | None) -> None:
    """Visit the values of a row: each name is a field, each value has the type of that field."""
    for entry in node.entries:
        if not isinstance(entry, ast.Entry):
            continue
        found = walker.member(owner, entry.name)
        type_ = found.type if found is not None else None
        values = entry.value.items if isinstance(entry.value, ast.ListLiteral) else (entry.value,)
        for value in values:
            if isinstance(value, ast.ObjectLiteral):
                object_(walker, value, scope, type_)
            elif isinstance(value, ast.Path):
                _scenario_path(walker, value, replace(scope, wanted=type_))
            else:
                walker.visit(value, replace(scope, wanted=type_))


# ---- expressions ---------------------------------------------------------------------------------------------------------
def path(walker: Walker, node: ast.Path, scope: Scope) -> None:
    _scenario_path(walker, node, scope)


def compare(walker: Walker, node: ast.Compare, scope: Scope) -> None:
    left, right = walker.reach(node.left, scope), walker.reach(node.right, scope)
    walker.visit(node.left, replace(scope, wanted=right.type))
    walker.visit(node.right, replace(scope, wanted=left.type))


def in_(walker: Walker, node: ast.In, scope: Scope) -> None:
    reached = walker.reach(node.value, scope)
    walker.visit(node.value, replace(scope, wanted=None))
    items = node.items.items if isinstance(node.items, ast.ListLiteral) else (node.items,)
    for item in items:
        walker.visit(item, replace(scope, wanted=reached.type))


def call(walker: Walker, node: ast.Call, scope: Scope) -> None:
    if is_walk(node):
        _walked(walker, node, scope)
        return
    if node.function.text == LAST_RUN:
        _run(walker, node)
        return
    names, owner = node.function.names, ""
    if len(names) > 1:
        on = ast.Path(names[:-1], span=node.function.span)
        reached = _scenario_path(walker, on, scope)
        owner = reached.type.name if reached.type is not None else ""
    walker.operation(owner, names[-1])
    operation = walker.symbols.operations.get((owner, names[-1].text))
    for argument in node.arguments:
        if argument.name is not None:
            walker.member(operation, argument.name)
        walker.visit(argument.value, scope)


def _run(walker: Walker, node: ast.Call) -> None:
    """`last_run(Transfer, giver)`: a job, and one of its arguments."""
    named = [each.value for each in node.arguments if isinstance(each.value, ast.Path)]
    job = walker.top(named[0].last) if named else None
    for each in named[1:]:
        walker.member(job, each.last)


def _rows(walker: Walker, node: ast.Path | ast.Call, scope: Scope) -> Reach:
    """Return what a name is bound to: rows of a relation, or those above and below one."""
    return walker.walk(node.names, scope) if isinstance(node, ast.Path) else _walked(walker, node, scope)


def _walked(walker: Walker, node: ast.Call, scope: Scope) -> Reach:
    """Visit `ancestors(x, along: above)` and return that it leads to rows of the entity of `x`."""
    named = {each.name.text: each.value for each in node.arguments if each.name is not None}
    starts = [each.value for each in node.arguments if each.name is None]
    here = NOTHING
    for start in starts:
        if isinstance(start, ast.Path) and start.text == "this" and "this" not in scope.variables:
            here = Reach(scope.row)
        else:
            here = walker.reach(start, scope)
            walker.visit(start, scope)
    along = named.get("along")
    if isinstance(along, ast.Path):
        walker.member(here.type, along.names[0])
    return Reach(here.type, many=True)


def bound(walker: Walker, node: Any, scope: Scope) -> None:
    reached = _rows(walker, node.collection, scope)
    owner = f"{walker.path}:{node.span.start}"
    target = Target("binding", owner, node.binding.text)
    walker.note(node.binding, target, declares=True)
    inside = scope.with_variable(node.binding.text, target, Reach(reached.type))
    walker.visit(node.where, inside)
    walker.visit(getattr(node, "value", None), inside)
