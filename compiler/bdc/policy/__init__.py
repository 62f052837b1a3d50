"""The one reading of policies: every rule as clauses of role, action, condition and path.

What comes in: policies and roles (`PolicySource`; a `SystemIR` is one). What goes out: `PolicyClause`s, and what they decide for
a caller who holds exactly one role. Row level security, inlined predicates, GraphQL, the permissions of the service, the
documents, `bdc diff` and the rules of analysis read these clauses. Deliberately absent: SQL, and the emitted permission matrix's
judge, which reads the rules by itself so that the two readings can be compared.
"""

from bdc.policy.callers import Callers
from bdc.policy.clauses import REFER, Clauses, Condition, PolicyClause, PolicySource, Via

__all__ = ["REFER", "Callers", "Clauses", "Condition", "PolicyClause", "PolicySource", "Via"]
