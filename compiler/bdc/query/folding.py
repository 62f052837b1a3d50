"""Policies that Citus takes: permissive ones, each with the tenant in it, and without any sub-select.

Citus refuses a sub-select in a policy, also one that reads no table. And it writes the policies of a shard anew without the word
RESTRICTIVE: a floor of its own would add rows there, where it has to take them away.
"""

from collections.abc import Iterable

import sqlglot
from sqlglot import exp

from bdc.ir.compiled import RowPolicy
from bdc.query.trees import call, conjunction, is_constant, print_sql, text
from bdc.source.records import replace


def folded_policies(policies: Iterable[RowPolicy]) -> tuple[RowPolicy, ...]:
    """Return the policies without the restrictive ones, whose conditions are in each of the others but the owner's."""
    given = tuple(policies)
    floors = {policy.table: policy.using for policy in given if policy.restrictive}
    return tuple(
        _folded(policy, floors.get(policy.table)) if "owner" not in policy.roles else policy
        for policy in given
        if not policy.restrictive
    )


def _folded(policy: RowPolicy, floor: str | None) -> RowPolicy:
    using, check = (_with_floor(condition, floor) for condition in (policy.using, policy.check))
    return replace(policy, using=using, check=check, folded=floor is not None)


def _with_floor(condition: str | None, floor: str | None) -> str | None:
    if condition is None:
        return None
    if floor is None or condition == floor:
        return without_selects(condition)
    tree = _parsed(condition)
    return print_sql(_plain(tree if is_constant(tree, False) else conjunction([_parsed(floor), tree])))


def without_selects(sql: str) -> str:
    """Return a condition with what `(select …)` kept from being evaluated for each row written out."""
    return print_sql(_plain(_parsed(sql)))


def _parsed(sql: str) -> exp.Expression:
    """As a value, and not as a statement: a table may be called `copy`."""
    tree: exp.Expression = sqlglot.parse_one(f"select {sql}", dialect="postgres").expressions[0]
    return tree


def _plain(tree: exp.Expression) -> exp.Expression:
    return tree.transform(_inlined).transform(_careful)


def _inlined(node: exp.Expression) -> exp.Expression:
    """`(select x)` is `(x)`; one that reads rows stays, and is reported."""
    select = node.this if isinstance(node, exp.Subquery) else None
    if not isinstance(select, exp.Select) or select.args.get("from_") or len(select.expressions) != 1:
        return node
    value: exp.Expression = select.expressions[0].transform(_inlined)
    is_call = isinstance(value, exp.Func)
    return value if is_call else exp.Paren(this=value)


def _careful(node: exp.Expression) -> exp.Expression:
    """The planner evaluates what no row changes before a statement has bound its caller: an empty text is none of any type then."""
    if not isinstance(node, exp.Cast) or not _is_setting(node.this):
        return node
    if node.to.is_type(exp.DataType.Type.TEXT):
        return node
    return exp.Cast(this=call("nullif", node.this.copy(), text("")), to=node.to.copy())


def _is_setting(node: exp.Expression) -> bool:
    """Whether it is the text of a setting, or null in its place."""
    inner = node.unnest()
    if isinstance(inner, exp.Nullif):
        inner = inner.this.unnest()
    return isinstance(inner, exp.Anonymous) and inner.name.lower() == "current_setting"
