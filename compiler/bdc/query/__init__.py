"""API and policy IR → compiled operations: SQL with the policy inlined, built as sqlglot trees, printed once.

What comes in: `SystemIR`. What goes out: `CompiledQueries` (`compiled.py`), which the service, GraphQL, row level security
and the tests of policy all share. Expressions are lowered here, once (`expressions.py`). Beside it, without SQL: the
permission and enforcement matrices (`matrix.py`, `enforcement.py`) and what callers see (`surface/`).
"""

from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.policy.layers import Readings

__all__ = ["CompiledQueries", "compile_queries"]


def compile_queries(
    system: SystemIR, inline_policies: bool = True, readings: Readings | None = None
) -> CompiledQueries:
    """Return everything compiled. Imported on use: a caller that only needs `compiled` or `surface` loads no SQL."""
    from bdc.query.compile import compile_queries as compile_all

    return compile_all(system, inline_policies, readings)
