"""Documentation of the emitted project: pages in Markdown and pictures in SVG, under `documentation/`.

What comes in: the IR, through `bdc.query` (surface, matrices, words) and the compiled row policies. What goes out:
`architecture.md`, `api-specs.md`, `deployment.md`, `operations.md`, `security.md` and `diagrams/*.svg`. Each page is a template over a frozen
view; the views compute everything. Absent on purpose: runbooks of alerts (with the rules that raise them).
"""

from collections.abc import Iterable

from bdc.ir import SystemIR
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc_emitters.documentation.pages import pages


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Yield every page and picture."""
    queries = context.queries
    return pages(system, queries.row_policies, queries.caller_rules)


EMITTER = Emitter(name="documentation", emit=emit, weight=6)
