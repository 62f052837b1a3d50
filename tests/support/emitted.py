"""A built backend and its own tests, run as its user would run them."""

import os
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from xml.etree import ElementTree

from bdc.diagnostics import DiagnosticSink
from bdc.ir import SystemIR
from bdc.output.writer import commit, plan_write
from bdc.pipeline import compile_system, emit_all
from bdc.policy.layers import Readings
from bdc.project import Project, load_project, own_code
from bdc_emitters.registry import emitter_names, load_emitter

# What the tests of a backend take from the environment; the rest of ours must not reach them.
_INHERITED = ("PATH", "HOME", "LANG", "TMPDIR")


@dataclass(frozen=True)
class Outcome:
    """How a run of tests ended: what each test came to (`passed`, `failed`, `skipped`), and the text of the run."""

    results: Mapping[str, str]
    text: str

    @property
    def counts(self) -> Counter[str]:
        return Counter(self.results.values())

    def require_all_passed(self) -> None:
        """Every test passed: none failed, none was skipped, and there were some."""
        wrong = sorted(name for name, result in self.results.items() if result != "passed")
        assert self.results and not wrong, f"{dict(self.counts)}, not passed: {wrong}\n{self.text[-8000:]}"


@lru_cache(maxsize=4)
def compiled(spec: Path) -> tuple[Project, SystemIR]:
    """Return the project in a folder and its IR."""
    sink = DiagnosticSink()
    project = load_project(spec, sink)
    compilation = compile_system(project.files)
    found = (*sink.in_source_order(), *compilation.diagnostics)
    assert compilation.system is not None, found
    return project, compilation.system


def build(
    spec: Path, target: Path, *, inline_policies: bool = True, readings: Readings | None = None
) -> Path:
    """Build the specification in folder `spec` into `target` and return it. `readings`: layers that enforce other rules."""
    project, system = compiled(spec)
    emitters = [load_emitter(name) for name in emitter_names()]
    files = emit_all(
        system,
        project.files,
        emitters,
        own_code(project.root),
        requirements=project.requirements,
        inline_policies=inline_policies,
        readings=readings,
    )
    commit(plan_write(target, files))
    return target


def run_tests(out: Path, arguments: Iterable[str] = (), **environment: str) -> Outcome:
    """Run the tests of the backend in `out` with pytest, in a process of their own."""
    report = out.parent / f"{out.name}-{os.getpid()}.xml"
    inherited = {name: os.environ[name] for name in _INHERITED if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"--junitxml={report}", *arguments],
        cwd=out,
        env={**inherited, **environment},
        capture_output=True,
        text=True,
        check=False,
    )
    text = done.stdout + done.stderr
    assert report.exists(), text
    found = Outcome(_results(report), text)
    report.unlink()
    assert (done.returncode == 0) == ("failed" not in found.counts), text
    return found


def _results(report: Path) -> dict[str, str]:
    return {
        f"{case.get('classname')}::{case.get('name')}": _result(case)
        for case in ElementTree.parse(report).iter("testcase")
    }


def _result(case: ElementTree.Element) -> str:
    found = {child.tag for child in case}
    if found & {"failure", "error"}:
        return "failed"
    return "skipped" if "skipped" in found else "passed"
