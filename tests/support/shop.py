"""The shop, compiled and built once per run: what most tests of emitters look at."""

from functools import lru_cache
from pathlib import Path

from bdc.diagnostics import DiagnosticSink
from bdc.ir import SystemIR
from bdc.output import GeneratedFile
from bdc.output.writer import commit, plan_write
from bdc.pipeline import compile_system, emit_all
from bdc.project import Project, load_project, own_code
from bdc_emitters.registry import emitter_names, load_emitter

ROOT = Path(__file__).resolve().parents[2]
SPEC = ROOT / "examples" / "shop"


@lru_cache(maxsize=1)
def shop() -> tuple[Project, SystemIR]:
    """Return the project and its IR."""
    sink = DiagnosticSink()
    project = load_project(SPEC, sink)
    compilation = compile_system(project.files)
    assert compilation.system is not None, compilation.diagnostics
    return project, compilation.system


@lru_cache(maxsize=1)
def shop_files() -> tuple[GeneratedFile, ...]:
    """Return every file of the built shop."""
    project, system = shop()
    emitters = [load_emitter(name) for name in emitter_names()]
    return tuple(emit_all(system, project.files, emitters, own_code(project.root)))


def build_shop(target: Path) -> Path:
    """Write the built shop to `target` and return it."""
    plan = plan_write(target, shop_files())
    assert not plan.conflicts
    commit(plan)
    return target
