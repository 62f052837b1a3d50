"""Names inside the functions, and the smallest trees that only functions need.

Parameters begin with `p_`, variables with `v_`; every column is qualified by its alias, so that neither can hide the other.
"""

from sqlglot import exp

from bdc.query.names import identifier
from bdc.query.trees import text

RELEASE = "«release»"
"""Stands for the schema of the release in the text of functions and calls, until the hash of that text is known."""

INPUT = "p_input"
IF_MATCH = "p_if_match"
IDEMPOTENCY_KEY = "p_idempotency_key"
REQUEST_HASH = "p_request_hash"
RESULT = "p_result"
EXPAND = "p_expand"
ROW = "a"
"""The alias of the row that an operation is about."""
FOUND = "found"


def variable(name: str) -> exp.Expression:
    """Return a parameter or a variable of the function."""
    return exp.Column(this=exp.Identifier(this=name, quoted=False))


def system_table(name: str, alias: str | None = None) -> exp.Table:
    """Return the FROM item of a table of schema `app`."""
    found = exp.Table(this=identifier(name), db=identifier("app"))
    if alias:
        found.set("alias", exp.TableAlias(this=identifier(alias)))
    return found


def is_null(value: exp.Expression) -> exp.Expression:
    return exp.Is(this=value, expression=exp.Null())


def is_given(value: exp.Expression) -> exp.Expression:
    return exp.Not(this=is_null(value))


def either(
    condition: exp.Expression, then: exp.Expression, otherwise: exp.Expression | None
) -> exp.Expression:
    return exp.Case(ifs=[exp.If(this=condition, true=then)], default=otherwise)


def json_object(**members: exp.Expression) -> exp.Expression:
    """Return `jsonb_build_object('name', value, …)`."""
    pairs = [part for name, value in members.items() for part in (text(name), value)]
    return exp.Anonymous(this="jsonb_build_object", expressions=pairs)


def derived(query: exp.Expression, alias: str) -> exp.Subquery:
    """Return the FROM item `(query) as alias`."""
    return exp.Subquery(this=query, alias=exp.TableAlias(this=identifier(alias)))
