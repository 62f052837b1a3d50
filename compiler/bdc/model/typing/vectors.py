"""`vector(n)`: lists of n numbers in a column of pgvector."""

from bdc import ir
from bdc.diagnostics import DiagnosticSink
from bdc.model.errors.types import BadTypeArgument
from bdc.syntax import ast

VECTOR = "vector"
LONGEST = 16_000  # numbers in a vector of pgvector


def vector_type(written: ast.NamedType, sink: DiagnosticSink) -> ir.ArrayType | None:
    """Return the type; None where its length is not said (reported)."""
    only = written.arguments[0] if len(written.arguments) == 1 else None
    if isinstance(only, ast.IntLiteral) and 1 <= only.value <= LONGEST:
        return ir.vector_of(only.value)
    problem = f"expects how many numbers it has, from 1 to {LONGEST:,}"
    sink.add(BadTypeArgument(VECTOR, problem, "vector(768)", written.span))
    return None
