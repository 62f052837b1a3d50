"""The house rules that a reader relies on: what is registered is there, packages say what they are, files and functions stay
small, imports only go down, and the project speaks of nothing but itself."""

import ast
import re
import subprocess
import sys
import tomllib
from importlib import import_module
from pathlib import Path

import pytest

from bdc.analysis import RULES
from bdc_emitters.registry import BUILT_IN, load_emitter
from tests.project.wheel import PACKAGES
from tests.support.shop import ROOT

RULE_FOLDER = ROOT / "compiler" / "bdc" / "analysis" / "rules"
EMITTERS = ROOT / "emitters" / "bdc_emitters"
MODULES = sorted(
    path
    for name, root in PACKAGES.items()
    for path in (root / name).rglob("*.py")
    if "_cache" not in path.as_posix()
)
OURS = ("compiler", "emitters", "grammar", "specs", "tests", "examples")
TOP = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "Makefile", "pyproject.toml", ".ci/run")
MOST_LINES = 400
MOST_LINES_OF_A_FUNCTION = 60
# Paths of one machine: they mean nothing to who clones this.
ELSEWHERE = re.compile(r"(?<![\w.])/(?:home|Users|root|srv|mnt)/\w+/")


def within(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_emitters_are_those_that_have_a_folder() -> None:
    folders = {path.parent.name for path in EMITTERS.glob("*/__init__.py")}
    assert set(BUILT_IN) == folders
    assert len(set(BUILT_IN)) == len(BUILT_IN)
    assert [load_emitter(name).name for name in BUILT_IN] == list(BUILT_IN)


def test_rules_are_those_that_have_a_file() -> None:
    files = {
        f"bdc.analysis.rules.{path.relative_to(RULE_FOLDER).with_suffix('').as_posix().replace('/', '.')}"
        for path in RULE_FOLDER.rglob("*.py")
        if path.name != "__init__.py"
    }
    assert {rule.check.__module__ for rule in RULES} == files
    assert len({rule.check for rule in RULES}) == len(RULES)


@pytest.mark.parametrize(
    "path",
    [path for path in MODULES if path.name == "__init__.py" and "runtime" not in path.parts],
    ids=within,
)
def test_a_package_says_what_it_is(path: Path) -> None:
    assert ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))), "no docstring"


@pytest.mark.parametrize("path", [path for path in MODULES if path.stat().st_size], ids=within)
def test_a_module_is_small_and_says_what_it_is(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    tree = ast.parse(text)
    assert ast.get_docstring(tree), "no docstring"
    assert text.count("\n") <= MOST_LINES
    long = [
        f"{node.name}: {node.end_lineno - node.lineno + 1} lines"
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno >= MOST_LINES_OF_A_FUNCTION
    ]
    assert not long


def test_nothing_points_to_another_place() -> None:
    listed = [ROOT / name for name in TOP if (ROOT / name).exists()]
    for folder in OURS:
        listed += [
            path for path in (ROOT / folder).rglob("*") if path.is_file() and "_cache" not in str(path)
        ]
    wrong = [
        f"{within(path)}: {found[0]}"
        for path in listed
        if path != Path(__file__) and (found := ELSEWHERE.search(_text(path)))
    ]
    assert not wrong


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError:
        return ""


def test_imports_only_go_down() -> None:
    program = Path(sys.executable).with_name("lint-imports")
    done = subprocess.run([program], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-3000:]
    assert "0 broken" in done.stdout


@pytest.mark.parametrize("name", BUILT_IN)
def test_an_emitter_knows_no_other(name: str) -> None:
    """Emitters see the IR, what was decided for all targets and how files are put out, and not each other."""
    allowed = (
        "bdc.diagrams",
        "bdc.ir",
        "bdc.naming",
        "bdc.patterns",
        "bdc.policy",
        "bdc.query",
        "bdc.schema",
        "bdc.surface",
        "bdc.output",
        "bdc.ddl",
        "bdc.catalog",
        "bdc.source.records",
        "bdc.sql",
        f"bdc_emitters.{name}",
    )
    wrong = [
        f"{within(path)}: {module}"
        for path in (EMITTERS / name).rglob("*.py")
        if "runtime" not in path.relative_to(EMITTERS / name).parts
        for module in _imported(path)
        if module.split(".")[0] in ("bdc", "bdc_emitters") and not module.startswith(allowed)
    ]
    assert not wrong


def _imported(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom) and node.module} | {
        alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names
    }


def test_runtime_code_imports_only_what_the_output_has() -> None:
    for name in BUILT_IN:
        folder = EMITTERS / name / "runtime"
        for path in folder.rglob("*.py"):
            roots = {module.split(".")[0] for module in _imported(path)}
            assert not roots & {"bdc", "bdc_emitters", "bdc_specs", "bdc_grammar"}, path


def test_every_package_can_be_imported_alone() -> None:
    for name in PACKAGES:
        assert import_module(name).__doc__


def test_the_list_of_packages_is_true() -> None:
    text = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    block = text.partition("## Packages")[2].split("```")[1]
    listed = [re.split(r"\s{2,}", line)[0] for line in block.strip().splitlines()]
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    layers = next(contract["layers"] for contract in contracts if contract["type"] == "layers")
    assert listed == [layer.replace("bdc.", "") for layer in layers]
    folders = {path.parent.name for path in (ROOT / "compiler" / "bdc").glob("*/__init__.py")}
    assert folders <= set(re.split(r"[\s|]+", " ".join(listed)))
