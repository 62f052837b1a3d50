"""The laws of the writer: all or nothing, nobody's edits are lost, stale files go."""

import json
import os
from pathlib import Path

import pytest

from bdc.output import GeneratedFile, Ownership
from bdc.output.lock import LockError
from bdc.output.writer import JOURNAL, STAGING, WriteConflict, commit, plan_write, resume

A = GeneratedFile("a.txt", "one\n")
B = GeneratedFile("deep/er/b.txt", "two\n")
MINE = GeneratedFile("services/business/mine.py", "pass\n", Ownership.SCAFFOLD)
STEP = GeneratedFile("database/migrations/1.sql", "create table a();\n", Ownership.MIGRATION)


def build(target: Path, *files: GeneratedFile, force: frozenset[str] = frozenset()) -> None:
    plan = plan_write(target, files, force=force)
    assert not plan.conflicts, plan.conflicts
    commit(plan)


def tree(target: Path) -> dict[str, bytes]:
    return {
        path.relative_to(target).as_posix(): path.read_bytes() for path in target.rglob("*") if path.is_file()
    }


def test_building_twice_changes_no_byte(tmp_path: Path) -> None:
    build(tmp_path, A, B, MINE, STEP)
    before = tree(tmp_path)
    build(tmp_path, A, B, MINE, STEP)
    assert tree(tmp_path) == before


def test_a_file_that_is_no_longer_made_goes_and_its_folder_with_it(tmp_path: Path) -> None:
    build(tmp_path, A, B)
    build(tmp_path, A)
    assert set(tree(tmp_path)) == {"a.txt", "bdc.lock"}
    assert not (tmp_path / "deep").exists()


def test_a_hand_edit_is_refused_and_nothing_else_is_written(tmp_path: Path) -> None:
    build(tmp_path, A, B)
    (tmp_path / "a.txt").write_text("edited\n")
    before = tree(tmp_path)
    plan = plan_write(tmp_path, [GeneratedFile("a.txt", "new\n"), GeneratedFile("deep/er/b.txt", "new\n")])
    assert plan.conflicts == [WriteConflict("a.txt", "edited")]
    with pytest.raises(ValueError, match="conflicts"):
        commit(plan)
    assert tree(tmp_path) == before


def test_an_edited_stale_file_is_not_removed(tmp_path: Path) -> None:
    build(tmp_path, A, B)
    (tmp_path / "a.txt").write_text("edited\n")
    assert plan_write(tmp_path, [B]).conflicts == [WriteConflict("a.txt", "edited")]


def test_giving_up_an_edit_by_name(tmp_path: Path) -> None:
    build(tmp_path, A)
    (tmp_path / "a.txt").write_text("edited\n")
    build(tmp_path, GeneratedFile("a.txt", "new\n"), force=frozenset({"a.txt"}))
    assert (tmp_path / "a.txt").read_text() == "new\n"


def test_a_file_that_no_build_wrote_is_not_overwritten(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("somebody's\n")
    assert plan_write(tmp_path, [A]).conflicts == [WriteConflict("a.txt", "foreign")]


def test_scaffold_is_written_once_and_then_belongs_to_the_user(tmp_path: Path) -> None:
    build(tmp_path, MINE)
    (tmp_path / MINE.path).write_text("mine now\n")
    build(tmp_path, GeneratedFile(MINE.path, "newer\n", Ownership.SCAFFOLD))
    assert (tmp_path / MINE.path).read_text() == "mine now\n"
    build(tmp_path)  # no longer made: still the user's
    assert (tmp_path / MINE.path).exists()


def test_scaffold_that_the_user_removed_stays_removed(tmp_path: Path) -> None:
    build(tmp_path, A, MINE)
    (tmp_path / MINE.path).unlink()
    build(tmp_path, A, MINE)
    assert not (tmp_path / MINE.path).exists()


def test_a_written_migration_is_never_changed_nor_removed(tmp_path: Path) -> None:
    build(tmp_path, STEP)
    changed = GeneratedFile(STEP.path, "drop table a;\n", Ownership.MIGRATION)
    assert plan_write(tmp_path, [changed]).conflicts == [WriteConflict(STEP.path, "migration")]
    build(tmp_path, A)
    assert (tmp_path / STEP.path).read_text() == STEP.content


def test_links_and_folders_in_the_way_are_refused(tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    out = tmp_path / "out"
    out.mkdir()
    (out / "deep").symlink_to(elsewhere)
    (out / "a.txt").mkdir()
    plan = plan_write(out, [A, B])
    assert plan.conflicts == [WriteConflict("a.txt", "unsafe"), WriteConflict("deep/er/b.txt", "unsafe")]


def test_a_lock_of_somebody_else_stops_the_build(tmp_path: Path) -> None:
    (tmp_path / "bdc.lock").write_text("{}")
    with pytest.raises(LockError):
        plan_write(tmp_path, [A])


@pytest.mark.parametrize("moved", range(4))
def test_a_crash_while_moving_is_finished_by_the_next_run(
    tmp_path: Path, moved: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, A)
    plan = plan_write(tmp_path, [GeneratedFile("a.txt", "new\n"), B, STEP])
    real, count = Path.replace, 0

    def dying(self: Path, target: Path) -> Path:
        nonlocal count
        if self.name != JOURNAL + ".tmp":
            count += 1
            if count > moved:
                raise KeyboardInterrupt
        return real(self, target)

    monkeypatch.setattr(Path, "replace", dying)
    with pytest.raises(KeyboardInterrupt):
        commit(plan)
    monkeypatch.setattr(Path, "replace", real)
    resume(tmp_path)
    assert (tmp_path / "a.txt").read_text() == "new\n"
    assert set(tree(tmp_path)) == {"a.txt", B.path, STEP.path, "bdc.lock"}


def test_a_full_disk_while_staging_leaves_everything_as_it_was(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, A)
    before = tree(tmp_path)
    plan = plan_write(tmp_path, [GeneratedFile("a.txt", "new\n"), B])

    def full(self: Path, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    with pytest.raises(OSError, match="No space"):
        commit(plan)
    monkeypatch.undo()
    assert tree(tmp_path) == before


def test_executables_are_executable(tmp_path: Path) -> None:
    build(tmp_path, GeneratedFile("run.sh", "#!/bin/sh\n", executable=True))
    assert os.access(tmp_path / "run.sh", os.X_OK)


def test_the_lock_names_owner_and_digest(tmp_path: Path) -> None:
    build(tmp_path, A, MINE)
    files = json.loads((tmp_path / "bdc.lock").read_text())["files"]
    assert {path: owner for path, (owner, _) in files.items()} == {
        "a.txt": "generated",
        MINE.path: "scaffold",
    }
    assert not (tmp_path / STAGING).exists()
