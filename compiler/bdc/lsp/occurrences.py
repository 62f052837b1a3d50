"""What each name in a file means: how each kind of node is visited."""

from dataclasses import replace
from typing import Any

from bdc.lsp import call_visits as calls
from bdc.lsp import job_visits as jobs
from bdc.lsp import row_visits as rows
from bdc.lsp.hook_visits import hook
from bdc.lsp.symbols import Symbols, Target
from bdc.lsp.walker import Occurrence, Reach, Scope, Visits, Walker
from bdc.syntax import ast

_ROW_NAMES = {"fields", "include", "partition"}
_TARGET_NAMES = {"inverse", "references", "by"}


def occurrences(tree: ast.SourceTree, symbols: Symbols) -> list[Occurrence]:
    """Return the names of a file that mean something, in order."""
    walker = Walker(symbols, tree, _VISITS)
    walker.file()
    return sorted(set(walker.found), key=lambda each: (each.span.start, each.span.end))


# ---- declarations --------------------------------------------------------------------------------------------------------
def _owner(walker: Walker, node: Any, scope: Scope) -> None:
    target = walker.declare(node)
    for path in getattr(node, "mixins", ()):
        walker.top(path.last)
    inside = Scope(target, {"actor": (None, Reach(walker.symbols.identity))})
    if isinstance(node, ast.ViewDecl):
        source = walker.top(node.entity.last)
        inside = inside.with_variable(node.binding.text, None, Reach(source))
    if isinstance(node, ast.EventDecl) and node.subject is not None:
        walker.top(node.subject.last)
    walker.parts(node, inside, "mixins", "entity", "binding", "subject")


def _enum(walker: Walker, node: ast.EnumDecl, scope: Scope) -> None:
    target = walker.declare(node)
    for value in node.values:
        if isinstance(value, ast.EnumValue):
            found = walker.symbols.member(target, value.name.text)
            walker.note(value.name, found.target if found is not None else None, declares=True)


def _field(walker: Walker, node: ast.FieldDecl, scope: Scope) -> None:
    own = walker.symbols.member(scope.row, node.name.text)
    walker.note(node.name, own.target if own is not None else None, declares=True)
    walker.visit(node.type, scope)
    typed = replace(scope, wanted=own.type if own is not None else None)
    walker.visit(node.default, typed)
    walker.visit(node.attributes, typed)


def _attribute(walker: Walker, node: ast.Attribute, scope: Scope) -> None:
    for argument in node.arguments:
        value = argument.value
        if node.name in ("through", "raises") and isinstance(value, ast.Path):
            walker.top(value.last)
        elif node.name in _TARGET_NAMES and isinstance(value, ast.Path):
            walker.member(scope.wanted, value.last)
        elif node.name in _ROW_NAMES and isinstance(value, ast.Path):
            walker.member(scope.row, value.last)
        elif node.name in ("computed", "backfill", "example"):
            walker.visit(value, scope)


def _named_type(walker: Walker, node: ast.NamedType, scope: Scope) -> None:
    walker.top(node.path.last)


def _declared(walker: Walker, node: Any, scope: Scope) -> None:
    walker.declare(node)
    walker.parts(node, scope)


def _column(walker: Walker, node: ast.Column, scope: Scope) -> None:
    walker.visit(node.key, scope)


def _machine(walker: Walker, node: ast.MachineDecl, scope: Scope) -> None:
    found = walker.member(walker.top(node.entity), node.field)
    for each in node.transitions:
        if isinstance(each, ast.Transition):
            for state in (*each.sources, *each.targets):
                walker.member(found.type if found is not None else None, state)
            if each.operation is not None:
                walker.operation(node.entity.text, each.operation)


# ---- api -----------------------------------------------------------------------------------------------------------------
def _api(walker: Walker, node: ast.ApiDecl, scope: Scope) -> None:
    walker.declare(node)
    walker.visit(node.items, Scope(None, {"actor": (None, Reach(walker.symbols.identity))}))


def _resource(walker: Walker, node: ast.ResourceDecl, scope: Scope) -> None:
    row = walker.top(node.entity.last)
    if node.by is not None:
        walker.member(row, node.by)
    if node.via is not None:
        walker.member(row, node.via)
    for attribute in node.attributes:
        for argument in attribute.arguments if attribute.name == "single" else ():
            if isinstance(argument.value, ast.Path):
                walker.member(row, argument.value.last)
    walker.visit(node.items, replace(scope, row=row, operation_of=node.entity.text))


def _filter(walker: Walker, node: ast.Filter, scope: Scope) -> None:
    walker.walk(node.path.names, scope)


def _expand(walker: Walker, node: ast.Expand, scope: Scope) -> None:
    reached = walker.walk(node.path.names, scope)
    walker.visit(node.children, replace(scope, row=reached.type))


def _input(walker: Walker, node: ast.InputMember, scope: Scope) -> None:
    found = walker.member(scope.row, node.name)
    walker.visit(node.attributes, replace(scope, wanted=found.type if found is not None else None))
    walker.visit(node.children, replace(scope, row=found.type if found is not None else None))


def _operation(walker: Walker, node: ast.OperationDecl, scope: Scope) -> None:
    target = walker.symbols.operations.get((scope.operation_of, node.name.text))
    walker.note(node.name, target, declares=True)
    for attribute in node.attributes:
        for argument in attribute.arguments[1:] if attribute.name == "api_key" else ():
            if isinstance(argument.value, ast.Path):
                walker.top(argument.value.last)
    for each in node.parameters:
        found = walker.symbols.member(target, each.name.text)
        walker.visit(each.type, scope)
        if found is not None:
            walker.note(each.name, found.target, declares=True)
            scope = scope.with_variable(each.name.text, found.target, Reach(found.type, found.many))
    walker.visit(node.returns, scope)
    walker.visit(node.items, scope.with_variable("this", None, Reach(scope.row)) if scope.row else scope)


def _errors(walker: Walker, node: ast.ErrorRef, scope: Scope) -> None:
    walker.top(node.error.last)


def _emits(walker: Walker, node: ast.EmitsItem, scope: Scope) -> None:
    for path in node.events:
        walker.top(path.last)


def _set(walker: Walker, node: ast.SetItem, scope: Scope) -> None:
    rows.object_(walker, node.values, scope, scope.row)


def _require(walker: Walker, node: ast.RequireItem, scope: Scope) -> None:
    error = walker.top(node.error.last)
    walker.visit(node.condition, scope)
    if node.members is not None:
        rows.object_(walker, node.members, scope, error)


def _update(walker: Walker, node: ast.UpdateItem, scope: Scope) -> None:
    target, reach = scope.variables.get(node.row.text, (None, Reach()))
    if target is not None:
        walker.note(node.row, target)
    rows.object_(walker, node.values, replace(scope, row=reach.type), reach.type)


def _write(walker: Walker, node: ast.WriteItem, scope: Scope) -> None:
    entity = walker.top(node.entity.last)
    rows.object_(walker, node.values, replace(scope, row=None), entity)


# ---- policies ------------------------------------------------------------------------------------------------------------
def _role(walker: Walker, node: ast.RoleDecl, scope: Scope) -> None:
    walker.declare(node)
    for name in node.extends:
        walker.top(name)
    row = walker.top(node.entity.last) if node.entity is not None else None
    walker.visit(node.condition, _called_by(walker, (node.name,), _policy_scope(walker, row)))


def _policy(walker: Walker, node: ast.PolicyDecl, scope: Scope) -> None:
    rows = [walker.top(path.last) for path in node.entities]
    walker.visit(node.rules, _policy_scope(walker, rows[0] if rows else None))


def _policy_block(walker: Walker, node: ast.PolicyBlock, scope: Scope) -> None:
    walker.visit(node.rules, _policy_scope(walker, scope.row))


def _policy_scope(walker: Walker, row: Target | None) -> Scope:
    reach = Reach(row)
    known = {"actor": (None, Reach(walker.symbols.identity)), "old": (None, reach), "new": (None, reach)}
    return Scope(row, known, operation_of=row.name if row is not None else "")


def _access(walker: Walker, node: Any, scope: Scope) -> None:
    for action in getattr(node, "actions", ()):
        walker.operation(scope.operation_of, action)
    for role in node.roles:
        walker.top(role)
    if getattr(node, "via", None) is not None:
        walker.walk(node.via.names, scope)
    walker.visit(node.condition, _called_by(walker, node.roles, scope))


def _called_by(walker: Walker, roles: tuple[ast.Name, ...], scope: Scope) -> Scope:
    """Return the scope in which `actor` is of the identity that one of the roles belongs to."""
    other = next((found for role in roles if (found := walker.symbols.callers.get(role.text))), None)
    return scope if other is None else scope.with_variable("actor", None, Reach(other))


def _field_rule(walker: Walker, node: ast.FieldRule, scope: Scope) -> None:
    for name in node.fields:
        walker.member(scope.row, name)
    walker.visit(node.grants, scope)


def _identity(walker: Walker, node: ast.IdentityDecl, scope: Scope) -> None:
    row = walker.top(node.entity.last)
    for item in node.items:
        match item:
            case ast.ClaimItem():
                walker.note(item.name, Target("claim", "actor", item.name.text), declares=True)
                walker.visit(item.type, scope)
                _claim_value(walker, item.origin, replace(scope, row=row))
            case ast.PasswordItem():
                _members(walker, item.settings, row)
            case ast.SignUpItem():
                for name in item.fields:
                    walker.member(row, name)
            case ast.RolesItem():
                for name in item.names:
                    walker.top(name)
            case ast.ActiveItem():
                walker.visit(item.condition, replace(scope, row=row))
            case ast.MemberItem():
                _members(walker, item.settings, walker.top(item.entity.last))


def _claim_value(walker: Walker, value: ast.Path | ast.ListLiteral | None, scope: Scope) -> None:
    if isinstance(value, ast.Path):
        walker.walk(value.names, scope)
    elif value is not None:
        for role in value.items:
            if isinstance(role, ast.Path):
                walker.top(role.last)


def _members(walker: Walker, settings: ast.ObjectLiteral, row: Target | None) -> None:
    """Settings whose values name members of one entity, roles, or mails."""
    for entry in settings.entries:
        if isinstance(entry.value, ast.ListLiteral):
            for role in entry.value.items:
                if isinstance(role, ast.Path):
                    walker.top(role.last)
        if isinstance(entry.value, ast.Path):
            if entry.name.text in ("found", "reset", "verify"):
                walker.top(entry.value.last)
            else:
                walker.member(row, entry.value.last)


def _entry(walker: Walker, node: ast.Entry, scope: Scope) -> None:
    walker.visit(node.value, scope)


def _load(walker: Walker, node: ast.LoadEntry, scope: Scope) -> None:
    walker.note(node.path.last, walker.symbols.anywhere(walker.path, node.path.text))


def _deploy_target(walker: Walker, node: ast.DeployTarget, scope: Scope) -> None:
    if node.kind == "service":
        walker.top(node.name)


def _webhooks(walker: Walker, node: ast.WebhooksDecl, scope: Scope) -> None:
    walker.top(node.entity.last)
    _sent(walker, node)


def _stream(walker: Walker, node: ast.StreamDecl, scope: Scope) -> None:
    _sent(walker, node)


def _consume(walker: Walker, node: ast.ConsumeDecl, scope: Scope) -> None:
    walker.top(node.event.last)
    for item in node.items:
        if isinstance(item, ast.EnqueueItem):
            walker.top(item.job.last)


def _sent(walker: Walker, node: ast.WebhooksDecl | ast.StreamDecl) -> None:
    for item in node.items:
        if isinstance(item, ast.Entry) and isinstance(item.value, ast.ListLiteral):
            named = (each.last for each in item.value.items if isinstance(each, ast.Path))
            for name in named:
                walker.top(name)


def _skip(walker: Walker, node: ast.Node, scope: Scope) -> None:
    """Nothing in it is a name of the specification."""


_VISITS: Visits = {
    **dict.fromkeys(
        (ast.EntityDecl, ast.ViewDecl, ast.MixinDecl, ast.StructDecl, ast.ErrorDecl, ast.EventDecl), _owner
    ),
    ast.EnumDecl: _enum,
    ast.TypeAliasDecl: _declared,
    ast.ExternalDecl: calls.external,
    ast.ExternalAuth: _skip,
    ast.CallItem: calls.call,
    ast.CallsItem: calls.calls,
    ast.FieldDecl: _field,
    ast.Attribute: _attribute,
    ast.NamedType: _named_type,
    ast.Column: _column,
    ast.MachineDecl: _machine,
    ast.ApiDecl: _api,
    ast.ResourceDecl: _resource,
    ast.Filter: _filter,
    ast.Expand: _expand,
    ast.InputMember: _input,
    ast.ListItem: _skip,  # the names in it are filters, which may be called otherwise than their fields
    ast.HookDecl: hook,
    ast.OperationDecl: _operation,
    ast.ErrorRef: _errors,
    ast.EmitsItem: _emits,
    ast.SetItem: _set,
    ast.RequireItem: _require,
    ast.UpdateItem: _update,
    ast.WriteItem: _write,
    ast.RoleDecl: _role,
    ast.PolicyDecl: _policy,
    ast.PolicyBlock: _policy_block,
    ast.AccessRule: _access,
    ast.AllowItem: _access,
    ast.FieldGrant: _access,
    ast.FieldRule: _field_rule,
    ast.IdentityDecl: _identity,
    ast.SeedDecl: rows.seed,
    ast.TestDecl: rows.test,
    ast.AsStep: rows.as_,
    ast.ExpectAccess: rows.expect_access,
    ast.ExpectError: rows.expect_error,
    ast.ExpectEvent: rows.expect_event,
    ast.RunStep: rows.run,
    ast.ReceiveStep: rows.receive,
    ast.Path: rows.path,
    ast.Compare: rows.compare,
    ast.In: rows.in_,
    ast.Call: rows.call,
    ast.Aggregate: rows.bound,
    ast.Quantifier: rows.bound,
    ast.Entry: _entry,
    ast.LoadEntry: _load,
    ast.DeployTarget: _deploy_target,
    ast.JobDecl: jobs.job,
    ast.UpdateWhereItem: jobs.change_where,
    ast.DeleteWhereItem: jobs.change_where,
    ast.EmitItem: jobs.emit,
    ast.WebhooksDecl: _webhooks,
    ast.EnqueueItem: jobs.enqueue,
    ast.StreamDecl: _stream,
    ast.SourceDecl: _skip,
    ast.AuditDecl: _skip,
    ast.ConsumeDecl: _consume,
    ast.RemovedDecl: _skip,
    ast.DroppedDecl: _skip,
    ast.PageItem: _skip,
    ast.AuthItem: _skip,
    ast.OpsItem: _skip,
    ast.GraphQLItem: _skip,
    ast.ProfileItem: _skip,
}
