"""Rows of seeds in the expressions of tests: `acme.ann.name` is a field of row `ann` of seed `acme`."""

from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any, TypeVar

from bdc.model.behaviour.seeds import row_variable
from bdc.model.context import ResolveContext
from bdc.model.expressions.scope import Variable
from bdc.syntax import ast
from bdc.syntax.ast.base import Node

Written = TypeVar("Written", bound=Node)


def seed_variables(context: ResolveContext) -> dict[str, Variable]:
    """Return the rows of all seeds as variables, each called `seed.row`: no name that is written has a dot in it."""
    return {
        f"{seed.name}.{row.name}": row_variable(context.entities.get(row.entity))
        for seed in context.seeds.values()
        for row in seed.rows
    }


def with_seed_rows(written: Written, variables: Mapping[str, Variable]) -> Written:
    """Return an expression (or what holds some) in which a row of a seed is one name. A row that the test has given comes first."""
    if isinstance(written, ast.Path):
        names = written.names
        joined = ".".join(name.text for name in names[:2])
        if len(names) < 2 or names[0].text in variables or joined not in variables:
            return written
        row = ast.Name(joined, span=names[0].span.to(names[1].span))
        return replace(written, names=(row, *names[2:]))
    changed: dict[str, Any] = {}
    for each in fields(written):
        value = getattr(written, each.name)
        if isinstance(value, Node):
            changed[each.name] = with_seed_rows(value, variables)
        elif isinstance(value, tuple):
            changed[each.name] = tuple(
                with_seed_rows(item, variables) if isinstance(item, Node) else item for item in value
            )
    return replace(written, **changed)
