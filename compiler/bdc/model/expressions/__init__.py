"""Expressions: from syntax to the typed trees of `bdc.ir`.

What comes in: an expression as written, a `Scope` (what names mean where it stands), the type that is wanted (or None).
What goes out: a typed `bdc.ir` expression, or None when something was wrong (reported once; what is built on it is not
judged again). Deliberately absent: any idea of SQL, and implicit conversions other than between numbers.
"""

from bdc.model.expressions.check import condition, typed, value
from bdc.model.expressions.scope import Place, Scope

__all__ = ["Place", "Scope", "condition", "typed", "value"]
