"""What `bdc dev` does at an edit, with a service that only counts: what is started, what is written, and when."""

import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner

from bdc.cli.commands.build import build
from bdc.cli.compile import compile_or_exit
from bdc.cli.developing import Development
from bdc.cli.main import cli

DONE = "done_at: timestamp?"


class Counting:
    """Stands for the service and for what starts it."""

    def __init__(self, folder: Path) -> None:
        self.starts = 0
        self.migrations = 0
        self.settings, self.backend = None, SimpleNamespace(log=folder / "log")

    def restart(self, warm: object) -> None:
        self.starts += 1

    def begin(self, *_: object) -> None: ...

    def forget(self) -> None: ...

    def migrate(self, *_: object) -> None:
        self.migrations += 1


@pytest.fixture
def todo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    assert CliRunner().invoke(cli, ["new", "todo"]).exit_code == 0
    return tmp_path / "todo"


def _development(todo: Path) -> tuple[Development, Counting]:
    out = todo.parent / "out"
    project, system = compile_or_exit(todo, "human")
    build(project, system, out)
    stand_in: Any = Counting(todo.parent)
    development = Development(todo, out, system, stand_in, stand_in, assume_yes=True)
    development.rest()
    return development, stand_in


def _edit(todo: Path, old: str, new: str) -> None:
    path = todo / "todo.bds"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _at_rest(development: Development) -> None:
    end = time.monotonic() + 120
    while development._left is not None:
        assert time.monotonic() < end
        development.rest()
        time.sleep(0.005)


def _files(out: Path) -> dict[str, bytes]:
    found = (path for path in out.rglob("*") if path.is_file() and "/migrations/" not in path.as_posix())
    return {path.relative_to(out).as_posix(): path.read_bytes() for path in found}


def test_a_change_of_nothing_that_runs_starts_nothing(todo: Path) -> None:
    development, service = _development(todo)
    _edit(todo, DONE, f"{DONE}  // a remark")
    assert development.changed() and service.starts == service.migrations == 0
    _at_rest(development)


def test_after_a_migration_the_output_is_that_of_a_build(todo: Path) -> None:
    development, service = _development(todo)
    _edit(todo, DONE, f"{DONE}\n  weight: int = 7")
    assert development.changed() and (service.starts, service.migrations) == (1, 1)
    assert b"weight" not in (development.out / "documentation/api-specs.md").read_bytes()
    _at_rest(development)
    assert b"weight" in (development.out / "documentation/api-specs.md").read_bytes()
    before = _files(development.out)
    project, system = compile_or_exit(todo, "human")
    plan = build(project, system, development.out)
    assert not plan.write and not plan.remove and _files(development.out) == before


def test_an_edit_does_not_wait_for_the_rest_of_the_last(todo: Path) -> None:
    development, service = _development(todo)
    _edit(todo, DONE, f"{DONE}\n  weight: int = 7")
    assert development.changed()
    development.rest()
    assert development._making is not None
    begun = development._making
    _edit(todo, "weight: int = 7", "weight: int = 8")
    assert development.changed() and service.starts == 2
    assert begun.ended() and development._making is None
    _at_rest(development)
    project, system = compile_or_exit(todo, "human")
    assert not build(project, system, development.out).write


def test_a_mistake_changes_nothing(todo: Path) -> None:
    development, service = _development(todo)
    before = _files(development.out)
    _edit(todo, DONE, "done_at: timestam?")
    assert not development.changed() and service.starts == 0
    _at_rest(development)
    assert _files(development.out) == before


def test_own_code_that_was_edited_starts_the_service_again(todo: Path) -> None:
    development, service = _development(todo)
    (todo / "api").mkdir()
    (todo / "api/extensions.py").write_text("ROUTES = ()\n", encoding="utf-8")
    assert development.changed() and service.starts == 1
    assert (development.out / "api/extensions.py").read_text(encoding="utf-8") == "ROUTES = ()\n"
    assert development.changed() and service.starts == 1


def test_an_edit_before_the_first_look_is_found(todo: Path) -> None:
    out = todo.parent / "out"
    project, system = compile_or_exit(todo, "human")
    build(project, system, out)
    _edit(todo, DONE, f"{DONE}\n  weight: int = 7")
    stand_in: Any = Counting(todo.parent)
    development = Development(todo, out, system, stand_in, stand_in)
    development.rest()
    assert (stand_in.starts, stand_in.migrations) == (1, 1)
    development.stop()
