"""Identity, roles, policies."""

from collections.abc import Iterator

from bdc import ir
from bdc.lowering.context import Context
from bdc.lowering.sign_in import lower_sign_in
from bdc.model import Model
from bdc.model.nodes.policy import FieldRule, Grant, Identity, Policy, Role, Rule
from bdc.model.policies.identity import roles_claim
from bdc.model.policies.policies import ANONYMOUS, granting


def lower_identity(context: Context) -> ir.Identity | None:
    identity = context.model.identity
    if identity is None:
        return None
    sign_in = identity.sign_in
    values, given = (dict(sign_in.values), sign_in.given) if sign_in is not None else ({}, ())
    claims = tuple(
        ir.Claim(
            name=claim.name,
            type=claim.type,
            source=source,
            nullable=claim.nullable,
            value=values.get(claim.name),
            given=given if claim.name == roles_claim(identity) else (),
        )
        for claim, source in zip(identity.claims, identity.sources, strict=True)
    )
    claims += tuple(_other_claims(context.model))
    return ir.Identity(
        entity=identity.entity,
        issuer=identity.issuer,
        audience=identity.audience,
        audience_variable=identity.audience_variable,
        jwks=identity.jwks,
        api_key_header=identity.api_key_header,
        claims=claims,
        roles_claim=roles_claim(identity),
        tenant_claim=_tenant_claim(context, {claim.name for claim in claims}),
        sign_in=lower_sign_in(context, identity, sign_in) if sign_in is not None else None,
        others=tuple(_other(each) for each in context.model.others),
        origin=context.origin(identity.span),
    )


def _other_claims(model: Model) -> Iterator[ir.Claim]:
    """Yield the claims that callers of the main identity do not have."""
    known = {claim.name for claim in model.identity.claims} if model.identity is not None else set()
    for other in model.others:
        for claim, source in zip(other.claims, other.sources, strict=True):
            name = other.bound(claim.name)
            if name not in known:
                known.add(name)
                kept = {"type": claim.type, "source": source, "nullable": claim.nullable}
                yield ir.Claim(name=name, of=other.entity, **kept)


def _other(other: Identity) -> ir.OtherIdentity:
    return ir.OtherIdentity(
        entity=other.entity,
        key=other.key,
        claims=tuple(other.bound(claim.name) for claim in other.claims),
        roles=tuple(word.text for word in other.roles),
        api_key_header=other.api_key_header,
        active=other.active,
    )


def _tenant_claim(context: Context, claims: set[str]) -> str | None:
    """The claim that a scope compares with the tenant; else the one named like the tenant's field."""
    for policy in context.model.policies:
        tenant = context.model.entities[policy.entity].tenant
        if tenant is not None and policy.scope is not None:
            found = _compared(policy.scope, tenant)
            if found is not None:
                return found
    named = (entity.tenant for entity in context.model.entities.values() if entity.tenant in claims)
    return next(named, None)


def _compared(scope: ir.Expr, tenant: str) -> str | None:
    if isinstance(scope, ir.And):
        return next((found for term in scope.terms if (found := _compared(term, tenant)) is not None), None)
    if not isinstance(scope, ir.Compare) or scope.op != "==":
        return None
    for left, right in ((scope.left, scope.right), (scope.right, scope.left)):
        if _is_path(left, ir.Root.ROW, tenant) and isinstance(right, ir.Path) and right.root is ir.Root.ACTOR:
            return right.steps[0].field if right.steps and right.steps[0].entity is None else None
    return None


def _is_path(expr: ir.Expr, root: ir.Root, field: str) -> bool:
    if not isinstance(expr, ir.Path) or expr.root is not root:
        return False
    return [step.field for step in expr.steps][:1] == [field]


def lower_roles(context: Context) -> tuple[ir.Role, ...]:
    """All declared roles, and `anonymous`: what a request without a token is."""
    declared = tuple(_role(context, role) for role in context.model.roles.values())
    doc = "A request without a token."
    return (*declared, ir.Role(name=ANONYMOUS, doc=doc, granted_by=(ANONYMOUS,)))


def _role(context: Context, role: Role) -> ir.Role:
    return ir.Role(
        name=role.name,
        doc=role.doc,
        granted_by=() if role.entity is not None else granting(context.model.roles, role.name),
        entity=role.entity,
        condition=role.condition,
        origin=context.origin(role.span),
    )


def lower_policy(context: Context, policy: Policy) -> ir.Policy:
    numbers: dict[str, int] = {}
    rules = []
    for rule in policy.rules:
        for actions, via_action in _by_target(rule):
            base = f"{policy.entity}.{rule.effect}.{'-'.join(actions)}"
            numbers[base] = numbers.get(base, 0) + 1
            rules.append(_rule(context, rule, f"{base}.{numbers[base]}", actions, via_action))
    return ir.Policy(
        entity=policy.entity,
        scope=policy.scope,
        rules=tuple(rules),
        fields=tuple(_field_rule(context, rule) for rule in policy.fields),
        origin=context.origin(policy.span),
    )


def _by_target(rule: Rule) -> Iterator[tuple[tuple[str, ...], str | None]]:
    """`allow read, create via order` asks for the same action of the order: one rule for each."""
    actions = tuple(word.text for word in rule.actions)
    if rule.via is None or rule.via_action is not None:
        yield actions, rule.via_action.text if rule.via_action is not None else None
        return
    for action in actions:
        yield (action,), action


def _rule(
    context: Context, rule: Rule, name: str, actions: tuple[str, ...], via_action: str | None
) -> ir.PolicyRule:
    return ir.PolicyRule(
        id=name,
        effect=rule.effect,
        actions=actions,
        roles=tuple(word.text for word in rule.roles),
        via=rule.via.text if rule.via is not None else None,
        via_action=via_action,
        condition=rule.condition,
        because=rule.because,
        origin=context.origin(rule.span),
    )


def _grant(grant: Grant | None) -> ir.Grant | None:
    return (
        None
        if grant is None
        else ir.Grant(roles=tuple(word.text for word in grant.roles), condition=grant.condition)
    )


def _field_rule(context: Context, rule: FieldRule) -> ir.FieldRule:
    return ir.FieldRule(
        field=rule.field,
        read=_grant(rule.read),
        write=_grant(rule.write),
        mask=rule.mask,
        origin=context.origin(rule.span),
    )
