"""API and policy IR → compiled operations: SQL with the policy inlined, built as sqlglot trees, printed once.

What comes in: `SystemIR`. What goes out: `CompiledQueries` (`compiled.py`), which the service, GraphQL, row level security
and the tests of policy all share. Expressions are lowered here, once (`expressions.py`).
"""

from bdc.query.compile import compile_queries
from bdc.query.compiled import CompiledQueries

__all__ = ["CompiledQueries", "compile_queries"]
