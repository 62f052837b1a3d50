"""What tells a hidden value is as hidden, unless it has a read rule of its own: a field whose default takes the value, and a collection
whose rows are known by a hidden reference."""

from bdc.model.context import ResolveContext
from bdc.model.nodes.entity import CollectionField, Field, ScalarField
from bdc.model.nodes.policy import FieldRule, Grant, Policy
from bdc.policy.rebase import paths
from bdc.source.records import replace

_Rules = dict[tuple[str, str], FieldRule]


def resolve_implied_rules(context: ResolveContext) -> None:
    """Add to each policy the read rules that defaults imply, until there are no more: a default may take what a default took."""
    grown = True
    while grown:
        rules = {
            (policy.entity, rule.field): rule
            for policy in context.policies
            for rule in policy.fields
            if rule.read is not None
        }
        found = [_with_implied(context, policy, rules) for policy in context.policies]
        grown = found != context.policies
        context.policies[:] = found


def _with_implied(context: ResolveContext, policy: Policy, rules: _Rules) -> Policy:
    own = {rule.field: rule for rule in policy.fields}
    entity = context.entities.get(policy.entity)
    for field in entity.fields if entity is not None else ():
        if (policy.entity, field.name) in rules:
            continue
        rule = _implied(context, policy.entity, field, rules)
        if rule is not None:
            written = own.get(field.name, rule)
            own[field.name] = replace(written, read=rule.read, mask=rule.mask)
    return replace(policy, fields=tuple(own.values()))


def _implied(context: ResolveContext, entity: str, field: Field, rules: _Rules) -> FieldRule | None:
    """Return the rule of the one hidden value that the field tells; none where it cannot be said of this entity's rows, which
    analysis then reports (E432)."""
    if isinstance(field, CollectionField):
        rule = rules.get((field.target, field.inverse))
        if rule is None or rule.read is None or not _of_any_row(context, rule.read):
            return None
        return FieldRule(field=field.name, read=rule.read, span=rule.span)
    if not isinstance(field, ScalarField):
        return None
    steps = (
        step for path in (paths(field.default) if field.default is not None else ()) for step in path.steps
    )
    taken = {(step.entity, step.field) for step in steps if step.entity is not None} & rules.keys()
    if len(taken) != 1:
        return None
    (place,) = taken
    rule = rules[place]
    assert rule.read is not None
    if place[0] != entity and not _of_any_row(context, rule.read):
        return None
    other = context.entities.get(place[0])
    source = other.find(place[1]) if other is not None else None
    same = isinstance(source, ScalarField) and source.type == field.type
    return FieldRule(field=field.name, read=rule.read, mask=rule.mask if same else None, span=rule.span)


def _of_any_row(context: ResolveContext, grant: Grant) -> bool:
    """Whether a grant speaks of callers alone, and of no row."""
    roles = (context.roles.get(word.text) for word in grant.roles)
    return grant.condition is None and all(role is None or role.entity is None for role in roles)
