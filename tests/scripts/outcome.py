"""What becomes of a pair of scripts: both are imported, the words that the plan asks for are written, and the step is run with rows."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from bdc.evolution.next_migration import Step, advance
from bdc.importing.converge import NotImportable, converge
from bdc.importing.sources import BrokenScript, read_source
from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.pipeline import compile_system
from bdc.plan.edge import read_edge
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from bdc.source import SourceFile
from bdc.verification.proof import Stopped, Trial, prove
from tests.scripts.words import worded

_ROUNDS = 8
GOOD = ("converges", "same")


@dataclass(frozen=True)
class Outcome:
    """`end`: one of `GOOD`; `script` (a script does not run by itself), `not imported`, `refused`, `half-way`, `wrong`, `not proven`."""

    name: str
    end: str
    why: str = ""

    def __str__(self) -> str:
        return f"{self.end:12} {self.name} {self.why}".rstrip()


class _Ended(Exception):
    """The pair ends here."""


def outcome(folder: Path, fresh: Callable[[], str]) -> Outcome:
    """Return how the pair `old.sql`, `new.sql` in `folder` ends. `fresh` makes an empty database and returns its URL."""
    try:
        before, after = (_imported(folder / f"{side}.sql", fresh) for side in ("old", "new"))
        return Outcome(folder.name, *_run(_compiled(before), *_planned(before, after)))
    except _Ended as ended:
        return Outcome(folder.name, *ended.args)


def _imported(file: Path, fresh: Callable[[], str]) -> dict[str, str]:
    try:
        return converge(read_source(str(file), fresh)[0], "pair", fresh).files
    except NotImportable as failure:
        raise _Ended("not imported", f"{file.stem}: {failure}") from failure
    except BrokenScript as failure:
        raise _Ended("script", f"{file.stem}: {'; '.join(why for _, why in failure.failures)}") from failure


def _compiled(files: dict[str, str]) -> tuple[SystemIR, CompiledQueries]:
    compilation = compile_system([SourceFile(name, text) for name, text in files.items()])
    if compilation.system is None:
        raise _Ended("wrong", "; ".join(f"{each.code} {each.message}" for each in compilation.diagnostics))
    return compilation.system, compile_queries(compilation.system, True)


def _planned(before: dict[str, str], after: dict[str, str]) -> tuple[Step, dict[str, str]]:
    """Plan, and write what the plan asks for until it asks for nothing."""
    system, queries = _compiled(before)
    old = physical_state(system, queries)
    for _ in range(_ROUNDS):
        step = advance(old, *_compiled(after), system)
        if not step.planned.refusals:
            return step, after
        more = worded(after, step, system)
        if more == after:
            break
        after = more
    said = "; ".join(f"{each.code} {each.message} [{each.help}]" for each in step.planned.refusals)
    raise _Ended("refused", said)


def _run(before: tuple[SystemIR, CompiledQueries], step: Step, files: dict[str, str]) -> tuple[str, str]:
    if not step.is_needed:
        return "same", ""
    made = {file.path.rpartition("/")[2]: file.encoded for file in step.files("migration")}
    proof = prove(
        Trial(before[0], step.system, step.old, step.new, read_edge(made["edge.json"].decode()), made)
    )
    if isinstance(proof, Stopped):
        end = "half-way" if proof.operation else "wrong"
        rows = " (with rows only)" if proof.rows else ""
        return end, f"{'' if proof.forward else 'back: '}{proof.operation or ''} {proof.reason}{rows}".strip()
    if not proof.is_proven:
        return "not proven", proof.skipped
    return "converges", "; ".join(filter(None, (str(proof), proof.back)))
