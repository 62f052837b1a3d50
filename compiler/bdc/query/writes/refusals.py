"""Why a caller is refused, worked out only after the fact: the happy path pays nothing for it.

A row that the caller cannot read does not exist: 404. One that can be read but not acted on: 403, with the rule that was
missed (the deny that holds; else the first allow whose role the caller carries; else the first allow) and its `because`.
"""

from collections.abc import Iterable

from sqlglot import exp

from bdc.query.claims import has_role
from bdc.query.policy import RulePredicate
from bdc.query.trees import call, text
from bdc.query.writes.names import json_object, variable
from bdc.query.writes.plpgsql import Declared, Refuse, Run, Statement
from bdc.query.writes.statements import query

REFUSAL = "v_refusal"
VARIABLES = (Declared(REFUSAL, "jsonb"),)
Reason = tuple[exp.Expression, exp.Expression]
"""A condition, and the members of the refusal when it is true."""
NOT_FOUND = Refuse(404, "not-found")


def forbidden(
    rules: tuple[RulePredicate, ...],
    sources: Iterable[exp.Expression] = (),
    where: Iterable[exp.Expression] = (),
    before: Iterable[Reason] = (),
) -> tuple[Statement, ...]:
    """Refuse with 403 and the rule. `sources` and `where` find the row that the rules look at; `before` are more reasons."""
    reasons = [*before, *_reasons(rules)]
    last = _last_resort(rules)
    if not reasons:
        return (Refuse(403, "forbidden", last),)
    return (
        first_reason(reasons, sources, where),
        Refuse(403, "forbidden", call("coalesce", variable(REFUSAL), last)),
    )


def depends_on_row(rules: tuple[RulePredicate, ...], before: Iterable[Reason]) -> bool:
    """Whether a 403 has more than one possible answer, so that the row must be looked at."""
    return bool(list(before) or _reasons(rules))


def first_reason(
    reasons: Iterable[Reason], sources: Iterable[exp.Expression], where: Iterable[exp.Expression]
) -> Statement:
    """Keep the members of the first reason that is true of the row; null when none is."""
    branches = [exp.If(this=condition, true=members) for condition, members in reasons]
    return Run(query([exp.Case(ifs=branches)], sources, where, limit=1), (REFUSAL,))


def members_of(rule: str | None, because: str | None) -> exp.Expression:
    return json_object(
        rule=text(rule) if rule else exp.Null(), because=text(because) if because else exp.Null()
    )


def _reasons(rules: tuple[RulePredicate, ...]) -> list[Reason]:
    denies = [rule for rule in rules if rule.effect == "deny"]
    allows = [rule for rule in rules if rule.effect == "allow"]
    found = [(rule.tree, members_of(rule.rule_id, rule.because)) for rule in denies]
    if len({rule.rule_id for rule in allows}) > 1:
        found += [
            (has_role(rule.roles), members_of(rule.rule_id, rule.because)) for rule in allows if rule.roles
        ]
    return found


def _last_resort(rules: tuple[RulePredicate, ...]) -> exp.Expression:
    first = next((rule for rule in rules if rule.effect == "allow"), None)
    return members_of(first.rule_id, first.because) if first else members_of(None, None)
