"""Roles and policies: names looked up, conditions typed. Whether they make sense together is for the rules of analysis."""

from collections.abc import Mapping

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownField, UnknownSetting
from bdc.model.errors.policies import BadVia, DuplicatePolicy, TwoOf
from bdc.model.errors.types import Cycle, MissingMember, NotAllowedHere
from bdc.model.expressions import Place, Scope, condition, value
from bdc.model.expressions.scope import Variable, caller_scope
from bdc.model.nodes.entity import CollectionField, ComputedField, Entity, ReferenceField, ScalarField
from bdc.model.nodes.policy import FieldRule, Grant, Policy, Role, Rule, Word
from bdc.model.policies.callers import caller_of, roles_of
from bdc.model.policies.other_identities import resolve_disjoint
from bdc.source import Span
from bdc.source.records import dataclass, replace
from bdc.syntax import ast

ANONYMOUS = "anonymous"
_RULE = Place("this rule", actor=True)
_UPDATE_RULE = Place("a rule of `update`", actor=True, before=True)
_A_RULE_EACH = "write a rule for the roles of each identity"
_MASK = Place("a mask", relations=False, computed=False, clock=False)


def resolve_roles(context: ResolveContext) -> None:
    """Fill `context.roles`: first the names, then conditions and extensions."""
    declared = [each for each in context.declarations() if isinstance(each, ast.RoleDecl)]
    for each in declared:
        if each.name.text == ANONYMOUS:
            context.report(
                NotAllowedHere(
                    "`anonymous`",
                    "a declaration",
                    each.name.span,
                    "remove it: the role `anonymous` is built in, for requests without a token",
                )
            )
    for each in declared:
        if each.name.text not in context.roles:
            context.roles[each.name.text] = Role(each.name.text, each.name.span, each.doc, (), None, None)
    for each in declared:
        role = context.roles[each.name.text]
        if role.span == each.name.span:
            context.roles[role.name] = _role(context, role, each)
    _no_cycles(context)
    resolve_disjoint(context)


def _role(context: ResolveContext, role: Role, declared: ast.RoleDecl) -> Role:
    extends = tuple(
        symbol.name for name in declared.extends if (symbol := context.symbol(name, "role")) is not None
    )
    entity = context.entity(declared.entity, views=True) if declared.entity is not None else None
    expr = None
    if entity is not None and declared.condition is None:
        context.report(
            MissingMember(
                f"role `{role.name}` on `{entity.name}`",
                ("a condition",),
                declared.name.span,
                "write a condition on rows: `when owner == actor`",
            )
        )
    if declared.condition is not None and entity is not None:
        with context.called_by(context.identity_with(role.name)):
            expr = condition(declared.condition, policy_scope(context, entity.name, _RULE))
    return replace(role, extends=extends, entity=entity.name if entity is not None else None, condition=expr)


def _no_cycles(context: ResolveContext) -> None:
    reported: set[str] = set()
    for name in context.roles:
        chain = _way_back(context, (name,)) if name not in reported else ()
        reported.update(chain)
        if chain:
            context.report(Cycle("a role", chain, context.roles[name].span))


def _way_back(context: ResolveContext, chain: tuple[str, ...]) -> tuple[str, ...]:
    """Return the way from a role back to itself through those it extends; empty when there is none."""
    for name in context.roles[chain[-1]].extends:
        if name == chain[0]:
            return (*chain, name)
        found = _way_back(context, (*chain, name)) if name not in chain else ()
        if found:
            return found
    return ()


def granting(roles: Mapping[str, Role], name: str) -> tuple[str, ...]:
    """Return the role itself and all that extend it, in order of declaration; roles on rows apart, which callers do not carry."""
    found = {name}
    grown = True
    while grown:
        carried = (role for role in roles.values() if role.entity is None)
        more = {role.name for role in carried if set(role.extends) & found} - found
        grown = bool(more)
        found |= more
    return tuple(role for role in roles if role in found)


def policy_scope(context: ResolveContext, entity: str, place: Place) -> Scope:
    """Return what names mean in a condition about rows of `entity`: its fields, `actor`, and before and after an update."""
    scope = caller_scope(context, entity, place)
    variables = dict(scope.variables)
    if place.before:
        variables["old"] = Variable(ir.Root.OLD, ir.EntityType(name=entity))
        variables["new"] = Variable(ir.Root.NEW, ir.EntityType(name=entity))
    return replace(scope, variables=variables)


def resolve_policies(context: ResolveContext) -> None:
    """Fill `context.policies`: one per entity, even where several were written in one declaration. Rules of mixins come
    after the entity's own; an entity with no policy of its own may have one from its mixins."""
    first: dict[str, ast.Path] = {}
    for declared in context.declarations():
        if not isinstance(declared, ast.PolicyDecl):
            continue
        for path in declared.entities:
            entity = context.entity(path, views=True)
            if entity is None:
                continue
            other = first.setdefault(entity.name, path)
            if other is not path:
                context.report(DuplicatePolicy(entity.name, path.span, other.span))
            else:
                context.policies.append(
                    _policy(context, (*declared.rules, *_shared(entity)), path.span, entity)
                )
    for entity in context.entities.values():
        if entity.name not in first and _shared(entity):
            context.policies.append(_policy(context, _shared(entity), entity.span, entity))


def _shared(entity: Entity) -> tuple[ast.PolicyRule, ...]:
    """Return the rules that came to an entity with its mixins."""
    return tuple(
        rule for member in entity.members if isinstance(member, ast.PolicyBlock) for rule in member.rules
    )


def _policy(context: ResolveContext, rules: tuple[ast.PolicyRule, ...], span: Span, entity: Entity) -> Policy:
    return Policy(
        entity.name,
        span,
        _scope(context, rules, entity),
        tuple(_rule(context, each, entity) for each in rules if isinstance(each, ast.AccessRule)),
        tuple(
            rule
            for each in rules
            if isinstance(each, ast.FieldRule)
            for rule in _field_rules(context, each, entity)
        ),
    )


def _scope(context: ResolveContext, rules: tuple[ast.PolicyRule, ...], entity: Entity) -> ir.Expr | None:
    scopes = [each for each in rules if isinstance(each, ast.ScopeRule)]
    for extra in scopes[1:]:
        context.report(TwoOf("a scope in this policy", extra.span, scopes[0].span))
    if not scopes:
        return None
    written = scopes[0].condition
    roles = sorted(roles_of(context, entity)) if context.others else ()
    with context.called_by(caller_of(context, roles, written)):
        return condition(written, policy_scope(context, entity.name, _RULE))


def role_words(context: ResolveContext, names: tuple[ast.Name, ...]) -> tuple[Word, ...]:
    """Return the roles that are known (or `anonymous`), with their places."""
    found = []
    for name in names:
        if name.text == ANONYMOUS:
            found.append(Word(name.text, name.span))
        elif (symbol := context.symbol(name, "role", built_in=(ANONYMOUS,))) is not None:
            found.append(Word(symbol.name, name.span))
    return tuple(found)


def _of_rows(context: ResolveContext, names: tuple[ast.Name, ...], entity: Entity) -> tuple[Word, ...]:
    """Return the roles of a rule about rows of `entity`: with each role come those on its rows that extend it."""
    words = role_words(context, names)
    known = {word.text for word in words}
    more = []
    for role in context.roles.values():
        if role.entity == entity.name and role.name not in known:
            extended = next((word for word in words if word.text in _extended(context, role)), None)
            more += [Word(role.name, extended.span)] if extended is not None else []
    return (*words, *more)


def _extended(context: ResolveContext, role: Role) -> set[str]:
    """Return the names of all roles that a role extends."""
    found: set[str] = set()
    waiting = list(role.extends)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += context.roles[name].extends if name in context.roles else ()
    return found


def _rule(context: ResolveContext, written: ast.AccessRule, entity: Entity) -> Rule:
    via, action = _via(context, written, entity)
    roles = _of_rows(context, written.roles, entity)
    names = [word.text for word in roles] if written.via is None else ()
    with context.called_by(caller_of(context, names, written.condition, _A_RULE_EACH)):
        expr = _condition(context, written, entity)
    return Rule(
        effect=written.effect,
        actions=tuple(Word(action.text, action.span) for action in written.actions),
        roles=roles,
        via=via,
        via_action=action,
        condition=expr,
        because=written.because.value if written.because is not None else None,
        span=written.span,
    )


def _condition(context: ResolveContext, written: ast.AccessRule, entity: Entity) -> ir.Expr | None:
    only_update = all(action.text == "update" for action in written.actions)
    scope = policy_scope(context, entity.name, _UPDATE_RULE if only_update else _RULE)
    return condition(written.condition, scope) if written.condition is not None else None


def _via(context: ResolveContext, written: ast.AccessRule, entity: Entity) -> tuple[Word | None, Word | None]:
    """`via order` asks for the same action on the order, `via order.update` for that one."""
    if written.via is None:
        return None, None
    first = written.via.names[0]
    field = entity.find(first.text)
    if field is None:
        if not entity.is_unread(first.text):
            context.report(
                UnknownField(f"entity `{entity.name}`", first.text, first.span, entity.field_names)
            )
        return None, None
    if not isinstance(field, ReferenceField) or len(written.via.names) > 2:
        why = (
            "it is not a relation to one"
            if len(written.via.names) <= 2
            else "expected one relation, then one action"
        )
        context.report(BadVia(written.via.text, why, written.via.span))
        return None, None
    action = written.via.names[1] if len(written.via.names) == 2 else None
    return Word(first.text, first.span), Word(action.text, action.span) if action is not None else None


@dataclass(frozen=True, slots=True)
class _Sides:
    read: Grant | None
    write: Grant | None


def _field_rules(context: ResolveContext, written: ast.FieldRule, entity: Entity) -> list[FieldRule]:
    sides = _grants(context, written, entity)
    rules = []
    for name in written.fields:
        field = entity.find(name.text)
        if field is None:
            if not entity.is_unread(name.text):
                context.report(
                    UnknownField(f"entity `{entity.name}`", name.text, name.span, entity.field_names)
                )
            continue
        mask = _mask(context, written.otherwise, field) if written.otherwise is not None else None
        rules.append(
            FieldRule(field=field.name, read=sides.read, write=sides.write, mask=mask, span=name.span)
        )
    return rules


def _grants(context: ResolveContext, written: ast.FieldRule, entity: Entity) -> _Sides:
    found: dict[str, Grant] = {}
    for grant in written.grants:
        if grant.action.text not in ("read", "write"):
            context.report(
                UnknownSetting(grant.action.text, "the rule of a field", grant.action.span, ("read", "write"))
            )
            continue
        roles = _of_rows(context, grant.roles, entity)
        names = [word.text for word in roles]
        with context.called_by(caller_of(context, names, grant.condition, _A_RULE_EACH)):
            scope = policy_scope(context, entity.name, _RULE)
            expr = condition(grant.condition, scope) if grant.condition is not None else None
        if grant.action.text in found:
            context.report(TwoOf(f"a `{grant.action.text}` of this field", grant.span, written.span))
        found.setdefault(grant.action.text, Grant(roles, expr))
    return _Sides(found.get("read"), found.get("write"))


def _mask(context: ResolveContext, written: ast.Expr, field: object) -> ir.Expr | None:
    """`mask("***")` is its argument; anything else is the value itself."""
    if not isinstance(field, ScalarField | ComputedField):
        kind = "a relation to many" if isinstance(field, CollectionField) else "a relation"
        context.report(NotAllowedHere(f"a mask of {kind}", "a rule of a field", written.span))
        return None
    if isinstance(written, ast.Call) and written.function.text == "mask" and len(written.arguments) == 1:
        written = written.arguments[0].value
    plain = ir.ScalarType(scalar=field.type.scalar) if isinstance(field.type, ir.ScalarType) else field.type
    return value(written, Scope(context, _MASK), plain, True, f"`{field.name}`")
