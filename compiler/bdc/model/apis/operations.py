"""Custom operations: parameters, result, body, what they raise, emit and set, and the roles that may call them."""

from collections.abc import Iterator
from typing import get_args

from bdc import ir
from bdc.model.apis.assignments import assigned
from bdc.model.apis.issued_keys import key_operation, key_sql
from bdc.model.apis.profiles import resolve_envelope
from bdc.model.apis.statements import Stating, own_changes, requirements, rows_behind, statements, with_this
from bdc.model.attributes import OPERATION, Attributes, read_attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownDeclaration
from bdc.model.errors.support import NotSupported
from bdc.model.errors.types import AttributeArgument, MisplacedAttribute, NotAllowedHere
from bdc.model.expressions import Place, Scope, condition
from bdc.model.expressions.scope import Variable
from bdc.model.externals.calls import handler_calls
from bdc.model.jobs.enqueues import enqueues
from bdc.model.nodes.api import Http, HttpMethod, Operation, RaisedError, Requirement
from bdc.model.nodes.behaviour import Assignment
from bdc.model.nodes.entity import Entity
from bdc.model.nodes.policy import Grant, Identity, Word
from bdc.model.nodes.values import Entry
from bdc.model.policies.callers import caller_of, role_names, roles_of
from bdc.model.policies.policies import policy_scope, role_words
from bdc.model.typing.values import parameters
from bdc.model.typing.written import resolve_answer
from bdc.policy.rebase import paths
from bdc.syntax import ast

SYSTEM_CONDITIONS = ("illegal_transition",)
_SET = Place("`set`", actor=True)
_ALLOW = Place("`allow`", actor=True)


def resolve_operation(
    context: ResolveContext, declared: ast.OperationDecl, entity: Entity | None
) -> Operation:
    """Return the operation; `entity` is that of the resource it stands in."""
    with context.called_by(operation_caller(context, declared, entity, declared.name.text)):
        return _operation(context, declared, entity)


def _operation(context: ResolveContext, declared: ast.OperationDecl, entity: Entity | None) -> Operation:
    attributes = read_attributes(declared.attributes, OPERATION, f"operation `{declared.name.text}`", context)
    taken = parameters(
        context,
        declared.parameters,
        f"operation `{declared.name.text}`",
        rows=True,
    )
    returns = resolve_answer(context, declared.returns)
    variables = {name: variable for each in taken for name, variable in _variables(each)}
    written = {each.name.text for each in declared.parameters}
    for name in written - set(variables):
        variables[name] = Variable(ir.Root.PARAM, ir.ScalarType(scalar=ir.Scalar.TEXT), unjudged=True)
    block = next((item for item in declared.items if isinstance(item, ast.SqlBlock)), None)
    keys = key_operation(context, attributes, entity)
    here = with_this(variables, entity)
    behind = rows_behind(entity, declared) if entity is not None else {}
    required = requirements(context, declared, entity, here)
    sets = sets_of(context, declared, entity, here)
    if attributes.has("handler"):
        _only_keys(context, sets, here)
    return Operation(
        name=declared.name.text,
        span=declared.name.span,
        entity=entity.name if entity is not None else None,
        doc=declared.doc,
        parameters=taken,
        returns=returns.type if returns is not None else None,
        returns_nullable=returns.nullable if returns is not None else False,
        idempotent=attributes.has("idempotent"),
        handler=attributes.has("handler"),
        sql=block.text if block is not None else key_sql(context, keys, entity, taken),
        sql_span=block.span if block is not None else None,
        returns_span=declared.returns.span if declared.returns is not None else None,
        sets=sets,
        requires=required,
        statements=statements(context, declared, {**behind, **here}),
        enqueues=enqueues(context, declared, here),
        calls=handler_calls(context, declared, entity, attributes),
        errors=with_required(_errors(context, declared), required),
        emits=emits_of(context, declared),
        http=http_of(context, attributes),
        allows=_allow(context, declared, entity, _values(variables)),
        deprecated=attributes.deprecated(),
        graphql=attributes.graphql(),
        envelope=resolve_envelope(context, attributes),
        replica=_replica(context, attributes, block is not None),
        keys=keys,
    )


def _replica(context: ResolveContext, attributes: Attributes, in_sql: bool) -> bool:
    """Whether the operation may run on a replica; report one that may write."""
    if not attributes.replica():
        return False
    http = attributes.get("http")
    method = http.arguments[0].value if http is not None and http.arguments else None
    if not in_sql or not isinstance(method, ast.Path) or method.text != "GET":
        why = 'this operation may write, which only the primary does; reads are an `sql` body with `@http(GET, "/path")`'
        context.report(MisplacedAttribute("reads", why, attributes.by_name["reads"].span))
    return True


def _variables(parameter: Entry) -> Iterator[tuple[str, Variable]]:
    """Yield what a parameter is called in expressions: one that is a row by the row's name too."""
    yield parameter.name, Variable(ir.Root.PARAM, parameter.type, parameter.nullable)
    if parameter.refers is not None:
        row = ir.EntityType(name=parameter.refers)
        yield parameter.row, Variable(ir.Root.PARAM, row, parameter.nullable)


def _only_keys(context: ResolveContext, sets: tuple[Assignment, ...], variables: dict[str, Variable]) -> None:
    """Report what is taken from the row of a parameter beside Python, which may have changed it by then."""
    for each in sets:
        for path in paths(each.value):
            known = variables.get(path.name or "") if path.root is ir.Root.PARAM and path.steps else None
            if known is not None and isinstance(known.type, ir.EntityType):
                what = f"a field of `{path.name}` in `set` of a `@handler`"
                context.report(NotSupported(what, each.span, "read the row in Python, and write it there"))


def _values(variables: dict[str, Variable]) -> dict[str, Variable]:
    """Return the variables that are values: who may call is decided before any row is read."""
    return {name: each for name, each in variables.items() if not isinstance(each.type, ir.EntityType)}


def _allow(
    context: ResolveContext,
    declared: ast.OperationDecl,
    entity: Entity | None,
    variables: dict[str, Variable],
) -> tuple[Grant, ...]:
    """Return one grant for the roles without a condition, then one for each condition."""
    items = [item for item in declared.items if isinstance(item, ast.AllowItem)]
    if items and entity is not None:
        text = f"write it in `policy {entity.name}`: `allow {declared.name.text} to …`"
        context.report(NotAllowedHere("`allow`", "an operation of a resource", items[0].span, text))
    free = tuple(role for item in items if item.condition is None for role in role_words(context, item.roles))
    limited = (
        Grant(role_words(context, item.roles), _limit(context, item, variables))
        for item in items
        if item.condition is not None
    )
    return (*((Grant(free, None),) if free else ()), *limited)


def _limit(context: ResolveContext, item: ast.AllowItem, variables: dict[str, Variable]) -> ir.Expr | None:
    assert item.condition is not None
    names = tuple(role_names(context, item.roles))
    remedy = "write `allow` for the roles of each identity"
    with context.called_by(caller_of(context, names, item.condition, remedy)):
        scope = policy_scope(context, "", _ALLOW)
        return condition(item.condition, Scope(context, _ALLOW, None, {**scope.variables, **variables}))


def operation_caller(
    context: ResolveContext, declared: Stating, entity: Entity | None, action: str
) -> Identity | None:
    """Return the identity whose callers may do `action`; None where there is one identity."""
    if not context.others:
        return None
    items = tuple(item for item in declared.items if not isinstance(item, ast.AllowItem))
    allows = (item for item in declared.items if isinstance(item, ast.AllowItem))
    names = {name for item in allows for name in role_names(context, item.roles)}
    roles = roles_of(context, entity, action) if entity is not None else names
    remedy = "write an operation for the roles of each identity"
    return caller_of(context, sorted(roles), items, remedy)


def sets_of(
    context: ResolveContext,
    declared: Stating,
    entity: Entity | None,
    variables: dict[str, Variable],
) -> tuple[Assignment, ...]:
    found: dict[str, Assignment] = {}
    for item in own_changes(declared):
        if entity is None:
            context.report(
                NotAllowedHere(
                    "`set`",
                    "an operation outside a resource",
                    item.span,
                    "an operation outside a resource has no row",
                )
            )
            continue
        base = policy_scope(context, entity.name, _SET)
        scope = Scope(context, _SET, entity.name, {**base.variables, **variables})
        for each in assigned(context, entity, item.values, scope):
            found[each.field] = each
    return tuple(found.values())


def _errors(context: ResolveContext, declared: ast.OperationDecl) -> tuple[RaisedError, ...]:
    found = []
    for written in (
        each for item in declared.items if isinstance(item, ast.ErrorsItem) for each in item.errors
    ):
        symbol = context.symbol(written.error.last, "error")
        on = Word(written.on.text, written.on.span) if written.on is not None else None
        if on is not None and on.text not in SYSTEM_CONDITIONS:
            context.report(UnknownDeclaration("refusal", on.text, on.span, SYSTEM_CONDITIONS))
            on = None
        if symbol is not None:
            found.append(RaisedError(symbol.name, on, written.span))
    return tuple(found)


def with_required(
    written: tuple[RaisedError, ...], required: tuple[Requirement, ...]
) -> tuple[RaisedError, ...]:
    """Return the errors of the operation: what `require` raises need not be declared again."""
    names = {each.error for each in written}
    more = {
        each.error: RaisedError(each.error, None, each.span) for each in required if each.error not in names
    }
    return (*written, *more.values())


def emits_of(context: ResolveContext, declared: Stating) -> tuple[Word, ...]:
    paths = (path for item in declared.items if isinstance(item, ast.EmitsItem) for path in item.events)
    return tuple(
        Word(symbol.name, path.span)
        for path in paths
        if (symbol := context.symbol(path.last, "event")) is not None
    )


def http_of(context: ResolveContext, attributes: Attributes) -> Http | None:
    """Return what `@http` says; None where it is not written, or wrong (reported)."""
    written = attributes.get("http")
    if written is None:
        return None
    if len(written.arguments) == 2:
        method, path = (argument.value for argument in written.arguments)
        if (
            isinstance(method, ast.Path)
            and isinstance(path, ast.StringLiteral)
            and path.value.startswith("/")
        ):
            for known in get_args(HttpMethod):
                if method.text == known:
                    return Http(known, path.value, path.span)
    usage = '@http(GET, "/path")'
    context.report(
        AttributeArgument("http", "expects GET, POST, PUT, PATCH or DELETE, and a path", usage, written.span)
    )
    return None
