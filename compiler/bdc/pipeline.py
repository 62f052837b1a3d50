"""The order of the phases. Read this first: it is the whole compiler in one page.

    source text → syntax trees → model → (rules look at it) → IR → compiled operations → files → disk

Every phase takes what the one before made and adds to the diagnostics; none stops at the first mistake. The IR is made
only when nothing was wrong; files are written only when every emitter succeeded.
"""

from collections.abc import Callable, Sequence

from bdc.diagnostics import Diagnostic, DiagnosticSink
from bdc.ir import SystemIR
from bdc.model import Model
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.requirements import NO_REQUIREMENTS, Requirements, with_requirements
from bdc.policy.layers import Readings
from bdc.source import SourceFile
from bdc.source.records import dataclass
from bdc.syntax.ast import SourceTree

Parse = Callable[[SourceFile, DiagnosticSink], SourceTree]


@dataclass(frozen=True)
class Compilation:
    """What the front end made of a specification. `system` is None when there were errors."""

    files: tuple[SourceFile, ...]
    model: Model
    system: SystemIR | None
    diagnostics: tuple[Diagnostic, ...]


def compile_system(
    files: Sequence[SourceFile],
    *,
    tolerated: frozenset[str] = frozenset(),
    production: bool = False,
    engine: str = "postgres",
    parse: Parse | None = None,
) -> Compilation:
    """Parse, resolve, analyse and lower `files`. Never raises for anything written in them. `tolerated`: codes of errors that
    count as warnings. `production`: warn about each fact that only the user knows and that production needs. `engine`: `citus` reports what
    cannot be sharded, as a deploy with `database citus` does. `parse`: gives the trees, where the caller keeps those it has."""
    from bdc.analysis import RULES, analyse
    from bdc.lowering import lower
    from bdc.model import resolve
    from bdc.syntax import parse as read
    from bdc.targets import check_targets, citus_misfits, missing_for_production

    diagnostics = DiagnosticSink(tolerated)
    trees = [(parse or read)(file, diagnostics) for file in files]
    model = resolve(trees, diagnostics)
    analyse(model, RULES, diagnostics)
    system = None if diagnostics.has_errors else lower(model)
    if system is not None:
        for fact in check_targets(model, system):
            diagnostics.add(fact)
        for missing in missing_for_production(model, system) if production else ():
            diagnostics.add(missing)
        sharded = engine == "citus" or system.sharded
        for misfit in citus_misfits(model, system) if sharded and not diagnostics.has_errors else ():
            diagnostics.add(misfit)
        system = None if diagnostics.has_errors else system
    return Compilation(tuple(files), model, system, diagnostics.settled(files))


def emit_all(
    system: SystemIR,
    files: Sequence[SourceFile],
    emitters: Sequence[Emitter],
    own: Sequence[GeneratedFile] = (),
    *,
    requirements: Requirements = NO_REQUIREMENTS,
    inline_policies: bool = True,
    readings: Readings | None = None,
) -> list[GeneratedFile]:
    """Run every emitter in memory and format the result. `own`: files of the user that stand for scaffolds of the same
    path; `requirements`: what they need. `inline_policies`, `readings`: see EmitContext. Raises FormattingError when an emitter made Python that
    does not parse."""
    from bdc.output.emission import run_emitters

    texts = {file.path: file.text for file in files}
    context = EmitContext(system, texts, inline_policies=inline_policies, readings=readings)
    made = run_emitters(emitters, context, frozenset(file.path for file in own)) + list(own)
    _refuse_collisions(made)
    return with_requirements(made, requirements)


def _refuse_collisions(files: Sequence[GeneratedFile]) -> None:
    seen: set[str] = set()
    for file in files:
        if file.path in seen:
            raise ValueError(f"two emitters made {file.path}")
        seen.add(file.path)
