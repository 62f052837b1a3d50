"""The policies of a model as the source of clauses that the IR is later: rules of analysis read them the same way."""

from bdc import ir
from bdc.model import Model
from bdc.model.nodes.entity import ReferenceField
from bdc.model.nodes.policy import Grant, Policy, Role, Rule
from bdc.model.policies.policies import ANONYMOUS, granting
from bdc.policy import Callers, Clauses

NO_ROLE = "(no role)"
_NOWHERE = ir.Origin(file="", line=1, column=1)


class ModelPolicies:
    """A `PolicySource` over a model."""

    def __init__(self, model: Model) -> None:
        self._model = model
        self._policies: dict[str, ir.Policy] = {each.entity: _policy(each) for each in model.policies}
        self._roles = {each.name: _role(model, each) for each in model.roles.values()}
        self._roles[ANONYMOUS] = ir.Role(name=ANONYMOUS, granted_by=(ANONYMOUS,))

    def policy(self, entity: str) -> ir.Policy | None:
        return self._policies.get(entity)

    def role(self, name: str) -> ir.Role:
        return self._roles[name]

    def stored(self, entity: str) -> str:
        return entity

    def target_of(self, entity: str, field: str) -> str:
        found = self._model.entities[entity].find(field)
        if not isinstance(found, ReferenceField):
            raise TypeError(f"{entity}.{field} is not a reference")
        return found.target


class Reachable:
    """Which actions a caller can be allowed to do one after the other."""

    def __init__(self, model: Model) -> None:
        self._clauses = Clauses(ModelPolicies(model))
        self._callers = Callers(self._clauses)
        claims = (role.name for role in model.roles.values() if role.entity is None)
        self._roles = (*claims, NO_ROLE, ANONYMOUS)

    def roles(self, entity: str, action: str) -> frozenset[str]:
        """Return the roles because of which a caller may do `action`; those of callers by relation are any."""
        if self._callers.by_relation(entity, action):
            return frozenset(self._roles) - {ANONYMOUS}
        return frozenset(role for role in self._roles if self._callers.may_ever(entity, action, role))


def _policy(policy: Policy) -> ir.Policy:
    return ir.Policy(
        entity=policy.entity,
        scope=policy.scope,
        rules=tuple(_rule(policy.entity, rule) for rule in policy.rules),
        fields=tuple(
            ir.FieldRule(field=rule.field, read=_grant(rule.read), write=_grant(rule.write), origin=_NOWHERE)
            for rule in policy.fields
        ),
        origin=_NOWHERE,
    )


def _rule(entity: str, rule: Rule) -> ir.PolicyRule:
    return ir.PolicyRule(
        id=f"{entity}.{rule.effect}",
        effect=rule.effect,
        actions=tuple(word.text for word in rule.actions),
        roles=tuple(word.text for word in rule.roles),
        via=rule.via.text if rule.via is not None else None,
        via_action=rule.via_action.text if rule.via_action is not None else None,
        condition=rule.condition,
        origin=_NOWHERE,
    )


def _grant(grant: Grant | None) -> ir.Grant | None:
    if grant is None:
        return None
    return ir.Grant(roles=tuple(word.text for word in grant.roles), condition=grant.condition)


def _role(model: Model, role: Role) -> ir.Role:
    granted_by = () if role.entity is not None else granting(model.roles, role.name)
    return ir.Role(name=role.name, granted_by=granted_by, entity=role.entity, condition=role.condition)
