"""Declarations that the language has and this release does not build yet: refused by name, never left out in silence."""

from bdc.model.context import ResolveContext
from bdc.model.errors.support import NotSupported
from bdc.model.nodes.entity import Sql
from bdc.syntax import ast

_LATER: dict[type, str] = {}


def refuse_later(context: ResolveContext) -> None:
    """Report declarations that nothing is built from, and keep SQL blocks of modules."""
    numbers: dict[str, int] = {}
    for declared in context.declarations():
        what = _LATER.get(type(declared))
        if what is not None:
            context.report(NotSupported(what, declared.span))
        elif isinstance(declared, ast.SqlBlock):
            module = context.file(declared.span).module.replace(".", "_") or "module"
            numbers[module] = numbers.get(module, 0) + 1
            context.sql.append(Sql(f"{module}_{numbers[module]}", declared.text, declared.span))
