"""What an expression looks at: a row, or the caller."""

from bdc import ir
from bdc.policy.rebase import paths


def mentions_row(expr: ir.Expr | None) -> bool:
    """Say whether an expression looks at the row (or at what it refers to), so that no column default can hold it."""
    match expr:
        case None | ir.Literal() | ir.SqlText():
            return False
        case ir.Path():
            return True
        case (
            ir.ListLiteral(items=parts) | ir.Call(arguments=parts) | ir.And(terms=parts) | ir.Or(terms=parts)
        ):
            return any(mentions_row(part) for part in parts)
        case ir.Compare(left=left, right=right) | ir.Arithmetic(left=left, right=right):
            return mentions_row(left) or mentions_row(right)
        case ir.Not(term=term):
            return mentions_row(term)
        case ir.If(condition=condition, then=then, otherwise=otherwise):
            return any(mentions_row(part) for part in (condition, then, otherwise))
        case ir.InList(value=value, items=items):
            return mentions_row(value) or mentions_row(items)
        case ir.IsNull(value=value):
            return mentions_row(value)
    return True


def mentions_caller(expr: ir.Expr | None) -> bool:
    """Say whether an expression has a value only where a caller is known."""
    return expr is not None and any(path.root is ir.Root.ACTOR for path in paths(expr))
