"""Problems in a specification or its surroundings: what they are, and how they are shown.

What comes in: facts. A package that finds a problem makes a frozen dataclass derived from `Fact` with its data; the list in
`catalogue/` declares the code, the severity, the page and the words of each. What goes out: `Diagnostic`s, collected by the
sink and made into a code frame, JSON or SARIF by `render/`. Deliberately absent: rules and syntax trees. Read `catalogue/`
next.

Codes: E0 syntax, E1 names, E2 types and relations, E3 policy, E4 analysis, E5 plan, E6 target cannot express,
E9 project and files. Each has a page in `bdc_specs/diagnostics/`, shown by `bdc explain`.
"""

from bdc.diagnostics.declared import Declared, fill
from bdc.diagnostics.diagnostic import Diagnostic, Edit, Fix, Label, Severity
from bdc.diagnostics.fact import Fact, Misspelt
from bdc.diagnostics.sink import DiagnosticSink
from bdc.diagnostics.suggest import Names, did_you_mean, listing

__all__ = [
    "Declared",
    "Diagnostic",
    "DiagnosticSink",
    "Edit",
    "Fact",
    "Fix",
    "Label",
    "Misspelt",
    "Names",
    "Severity",
    "did_you_mean",
    "fill",
    "listing",
]
