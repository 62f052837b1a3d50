"""What an expression looks at."""

from collections.abc import Iterator

from bdc import ir


def fields_of(expr: ir.Expr) -> Iterator[tuple[str, str]]:
    """Yield every field that an expression looks at, as (entity, field)."""
    if isinstance(expr, ir.Path):
        yield from ((step.entity, step.field) for step in expr.steps if step.entity is not None)
        return
    for name in type(expr).model_fields:
        for part in _parts(getattr(expr, name)):
            yield from fields_of(part)


def calls_of(expr: ir.Expr) -> Iterator[str]:
    """Yield the name of every function that an expression calls."""
    if isinstance(expr, ir.Call):
        yield expr.function
    for name in type(expr).model_fields:
        for part in _parts(getattr(expr, name)):
            yield from calls_of(part)


def _parts(value: object) -> Iterator[ir.Expr]:
    candidates = value if isinstance(value, tuple) else (value,)
    for each in candidates:
        if isinstance(each, _EXPRESSIONS):
            yield each


_EXPRESSIONS = (
    ir.ListLiteral,
    ir.Path,
    ir.Compare,
    ir.Arithmetic,
    ir.And,
    ir.Or,
    ir.Not,
    ir.InList,
    ir.IsNull,
    ir.If,
    ir.Call,
    ir.SqlText,
    ir.Aggregate,
    ir.Quantifier,
)
