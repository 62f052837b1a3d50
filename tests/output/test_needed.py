"""No module of an engine stands in an output that does without it: each is imported there."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from bdc.diagnostics import DiagnosticSink
from bdc.output import GeneratedFile
from bdc.pipeline import compile_system, emit_all
from bdc.project import load_project
from bdc_emitters.registry import emitter_names, load_emitter
from tests.support.sampling import sampled

TESTS = Path(__file__).parents[1]
SYSTEMS = (
    TESTS.parent / "examples/shop",
    *(path.parent for path in sorted((TESTS / "systems").glob("*/*.bds"))),
)
# Found by the kind of a task: `calls` imports the module that is called so.
BY_KIND = {"api.graphql.engine.bulk", "api.graphql.engine.sign_in"}


@pytest.mark.parametrize("folder", sampled(dict.fromkeys(SYSTEMS), 34), ids=lambda path: path.name)
def test_each_module_of_an_engine_is_imported(folder: Path) -> None:
    found = load_project(folder, DiagnosticSink()).files
    system = compile_system(found).system
    if system is None:
        pytest.skip("one of several parts")
    made = emit_all(system, found, [load_emitter(name) for name in emitter_names()])
    modules = {
        file.path.removesuffix(".py").replace("/", "."): file for file in made if file.path[-3:] == ".py"
    }
    imported = {name for file in modules.values() for name in _imports(file)}
    engines = {name for name in modules if ".engine." in name and not name.endswith(("__init__", "__main__"))}
    assert engines, "an output has engines"
    assert sorted(engines - imported - BY_KIND) == []


def _imports(file: GeneratedFile) -> Iterator[str]:
    """Yield what a module imports, and what it names as a text."""
    for node in ast.walk(ast.parse(file.content)):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{each.name}" for each in node.names)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str) and "." in node.value:
            yield node.value
