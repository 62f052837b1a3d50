"""The old service goes on after expand, and the new one works before contract: each keeps its own emitted tests (contract, policy, writes,
races) on a database that both can use."""

import shutil
from pathlib import Path

import pytest

from bdc.cli.commands.build import build
from bdc.cli.compile import compile_or_exit
from bdc.cli.migration import write_next
from tests.support.emitted import run_tests
from tests.support.shop import ROOT

pytestmark = pytest.mark.postgres
STARTER = ROOT / "specs" / "bdc_specs" / "starter"

# What the next version says instead: a field that is required from now on, one under another name, one that goes.
CHANGES = {
    "starter.bds": (
        ("  done_at: timestamp?\n", "  done_at: timestamp?\n  effort: int(0..100) @backfill(1)\n"),
        ("  remark: string(..200)?\n", "  dropped remark\n"),
        ("  caption: string(..80)?\n", "  heading: string(..80)? @was(caption)\n"),
    ),
    "starter_test.bds": (
        ('first spec" }', 'first spec", effort: 1 }'),
        ('documentation" }', 'documentation", effort: 2 }'),
    ),
}
MORE = "  done_at: timestamp?\n  remark: string(..200)?\n  caption: string(..80)?\n"
FIRST = {"starter.bds": (("  done_at: timestamp?\n", MORE),)}


def edited(spec: Path, changes: dict[str, tuple[tuple[str, str], ...]]) -> Path:
    """Change files of a specification in their place and return its folder."""
    for path in spec.glob("*.bds"):
        text = path.read_text(encoding="utf-8")
        for old, new in changes.get(path.name, ()):
            assert old in text
            text = text.replace(old, new)
        path.write_text(text, encoding="utf-8")
    return spec


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Return both builds; the second follows the first and has its migration."""
    place = tmp_path_factory.mktemp("rollout")
    first = edited(Path(shutil.copytree(STARTER, place / "first")), FIRST)
    second = edited(Path(shutil.copytree(first, place / "second")), CHANGES)
    old, new = place / "old", place / "new"
    _build(first, old)
    shutil.copytree(old, new)
    project, system = compile_or_exit(second, "human")
    assert write_next(project, system, new, "next") is not None
    build(project, system, new)
    return old, new


def _build(spec: Path, out: Path) -> None:
    build(*compile_or_exit(spec, "human"), out)


def between(out: Path, first: Path) -> Path:
    """Let the tests of a build have a database that was made by `first` and is expanded, as while both versions run."""
    backend = out / "tests" / "support" / "backend.py"
    text = backend.read_text(encoding="utf-8")
    command = '[sys.executable, "-m", "database.migrate", "up", "--all", "--seed"]'
    assert text.count(command) == 1
    text = text.replace(command, '[sys.executable, "-m", "database.migrate", "up", "--seed"]')
    # A second call finds the database ahead of `first`; the command after it still has to succeed.
    earlier = f'    subprocess.run([sys.executable, "-m", "database.migrate", "up"], cwd={str(first)!r}, check=False, '
    earlier += 'env={**environment, "MIGRATION_DATABASE_URL": admin_url})\n'
    text = text.replace("    done = subprocess.run(\n", earlier + "    done = subprocess.run(\n", 1)
    backend.write_text(text, encoding="utf-8")
    return out


def test_the_migration_has_something_to_contract(versions: tuple[Path, Path]) -> None:
    _, new = versions
    folder = next((new / "database" / "migrations").glob("*_next"))
    assert "drop" in (folder / "03_contract.sql").read_text(encoding="utf-8")


def test_the_old_service_goes_on_after_expand(versions: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = versions
    out = between(Path(shutil.copytree(old, tmp_path / "old")), old)
    shutil.copytree(new / "database" / "migrations", out / "database" / "migrations", dirs_exist_ok=True)
    run_tests(out).require_all_passed()


@pytest.mark.long
def test_the_new_service_works_before_contract(versions: tuple[Path, Path], tmp_path: Path) -> None:
    old, new = versions
    run_tests(between(Path(shutil.copytree(new, tmp_path / "new")), old)).require_all_passed()
