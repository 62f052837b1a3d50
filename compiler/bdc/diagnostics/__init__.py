"""What the compiler says: facts first, words last.

A room that finds a problem declares a frozen dataclass with its facts and a method `diagnostic()` that puts them into
words (`errors.py` of that room); the sink collects them; `render/` turns them into a code frame, JSON or SARIF. This room
shows, it does not judge: it knows no rule and no syntax tree.

Codes: E0 syntax, E1 names, E2 types and relations, E3 policy, E4 analysis, E5 plan, E6 target cannot express,
E9 project and files. Each has a page in `bdc_specs/diagnostics/`, shown by `bdc explain`.
"""

from bdc.diagnostics.diagnostic import Diagnostic, Edit, Fact, Fix, Label, Severity
from bdc.diagnostics.sink import DiagnosticSink
from bdc.diagnostics.suggest import did_you_mean

__all__ = ["Diagnostic", "DiagnosticSink", "Edit", "Fact", "Fix", "Label", "Severity", "did_you_mean"]
