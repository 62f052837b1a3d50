"""Hooks hold for every row that callers write, and set only what no rule decides by."""

from collections.abc import Iterator

from bdc import ir
from bdc.analysis.exposure import brought, resources
from bdc.analysis.expressions import fields_of
from bdc.analysis.rules.api.statements import SEALED, UnwritableField, refused
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import BYPASSED_HOOK
from bdc.model import Model
from bdc.model.nodes.api import Operation, Statement
from bdc.model.nodes.entity import ComputedField, Entity
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class BypassedHook(Fact):
    DIAGNOSTIC = BYPASSED_HOOK

    entity: str
    action: str
    remedy: str
    span: Span
    hook: Span


def hooks(model: Model) -> Iterator[Fact]:
    found = {(each.entity, hook.name): hook for each in resources(model) for hook in each.hooks}
    if not found:
        return
    decided = set(_decided(model))
    for hook in found.values():
        yield from _sets(model, hook, decided)
    for resource in resources(model):
        for offer in brought(model, resource):
            passed = found.get((offer.entity, offer.action))
            if passed is not None:
                remedy = (
                    f"leave it out of the input: callers then write `{offer.entity}` by requests of its own"
                )
                yield BypassedHook(offer.entity, offer.action, remedy, offer.span, passed.span)


def _sets(model: Model, hook: Operation, decided: set[tuple[str, str]]) -> Iterator[Fact]:
    entity = model.entities[hook.entity or ""]
    verb = "create" if hook.name == "create" else "update"
    for each in hook.sets:
        statement = Statement(verb, entity.name, None, (each,), each.span)  # type: ignore[arg-type]
        field = entity.find(each.field)
        why, remedy = refused(model, statement, entity, field) if field is not None else ("", "")
        if why == SEALED[0]:
            remedy = "leave it out: callers give it"
        if not why and each.field in entity.key:
            why, remedy = "the key is what names the row", "write a default in the entity"
        if not why and (entity.name, each.field) in decided:
            why, remedy = (
                "a policy decides by it",
                "write a default in the entity, or a condition of the rule",
            )
        if why:
            yield UnwritableField("set in before", hook.name, each.field, why, remedy, each.span)


def _decided(model: Model) -> Iterator[tuple[str, str]]:
    """Yield the fields that rules look at: what a caller may do is decided by what the caller gives."""
    for policy in model.policies:
        conditions = [policy.scope, *(rule.condition for rule in policy.rules)]
        yield from ((policy.entity, rule.via.text) for rule in policy.rules if rule.via is not None)
        for rule in policy.fields:
            grants = (rule.read, rule.write)
            conditions += [grant.condition for grant in grants if grant is not None]
            if rule.write is not None:
                yield policy.entity, rule.field
        for condition in conditions:
            yield from _looked_at(model, condition)
    for role in model.roles.values():
        yield from _looked_at(model, role.condition)


def _looked_at(model: Model, expr: ir.Expr | None) -> Iterator[tuple[str, str]]:
    waiting = list(fields_of(expr)) if expr is not None else []
    found: set[tuple[str, str]] = set()
    while waiting:
        place = waiting.pop()
        if place in found:
            continue
        found.add(place)
        yield place
        entity: Entity | None = model.entities.get(place[0])
        field = entity.find(place[1]) if entity is not None else None
        if isinstance(field, ComputedField) and field.expr is not None:
            waiting += fields_of(field.expr)
