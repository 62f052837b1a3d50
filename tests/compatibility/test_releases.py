"""A new release of bdc on an unchanged specification stops no build: what it changes in the database is one migration that needs no
decision, makes no one wait, and is proved like any other."""

import shutil
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.ddl.names import Name
from bdc.ddl.nodes import CreateFunction, CreateTrigger, Statement
from bdc.evolution import WrittenMigration, read_history
from bdc.ir import SystemIR
from bdc.model import stdlib
from bdc.schema import helpers
from bdc.schema import statements as schema
from bdc.schema.names import APP, Roles
from bdc.source import SourceFile
from bdc.verification.edges import verify

pytestmark = pytest.mark.postgres
OUTPUTS = sorted((Path(__file__).parent / "outputs").glob("*.tar.xz"))
SPEC = """bds 1
module notes

use std.mixins { Timestamps }

entity Note with Timestamps {
  id: uuid = uuid7() @id
  text: string(1..80) @immutable
}
"""
# Modes of locks that make readers or writers wait, and only for a moment when nothing is read or written under them.
STRONG = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", "AccessExclusiveLock")


def bdc(*arguments: object) -> Result:
    return CliRunner().invoke(cli, [str(argument) for argument in arguments])


@pytest.fixture(
    params=[
        path if path.name.startswith("shop") else pytest.param(path, marks=pytest.mark.long)
        for path in OUTPUTS
    ],
    ids=[path.name.partition(".")[0] for path in OUTPUTS],
)
def released(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """An output that an earlier release built, and its specification."""
    with tarfile.open(request.param) as archive:
        archive.extractall(tmp_path, filter="data")
    return next(tmp_path.iterdir())


def test_output_of_an_earlier_release_is_rebuilt_without_a_decision(released: Path) -> None:
    spec, out = released / "spec", released / "out"
    built = bdc("build", spec, "--out", out)
    assert built.exit_code == exits.OK, built.output
    _is_proved(out)
    before = _tree(out)
    assert bdc("diff", out, spec, "--fail-on", "risky").exit_code == exits.OK
    assert bdc("build", spec, "--out", out).exit_code == exits.OK
    assert _tree(out) == before


@pytest.mark.long
@pytest.mark.parametrize(
    "said",
    [True, False],
    ids=["lock-says-the-text", "lock-of-an-older-release"],
)
def test_what_a_release_changes_is_one_migration(
    said: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comments of std, functions, triggers and system tables: what an older release made is patched in, and out again."""
    spec, out = tmp_path / "notes.bds", tmp_path / "out"
    spec.write_text(SPEC, encoding="utf-8")
    with older_release(monkeypatch):
        assert bdc("build", spec, "--out", out).exit_code == exits.OK
    if not said:
        _forget_basis(out)
    twin = tmp_path / "twin"
    shutil.copytree(out, twin)
    assert bdc("diff", out, spec, "--fail-on", "risky").exit_code == exits.OK
    built = bdc("build", spec, "--out", out)
    assert built.exit_code == exits.OK, built.output
    assert "the specification has not changed" in built.output
    first, second = read_history(out)
    assert (first.name, second.name[:9]) == ("0001_initial", "0002_bdc_")
    _is_proved(out)
    assert bdc("build", spec, "--out", twin).exit_code == exits.OK
    assert _tree(twin) == _tree(out), "another machine writes the same"


def test_a_specification_that_changes_too_still_needs_a_decision(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, out = tmp_path / "notes.bds", tmp_path / "out"
    spec.write_text(SPEC, encoding="utf-8")
    with older_release(monkeypatch):
        assert bdc("build", spec, "--out", out).exit_code == exits.OK
    spec.write_text(SPEC.replace("text: string(1..80)", "text: string(1..90)"), encoding="utf-8")
    refused = bdc("build", spec, "--out", out)
    assert (refused.exit_code, "E913" in refused.output) == (exits.CONFLICT, True), refused.output
    assert bdc("diff", out, spec, "--fail-on", "risky").exit_code == exits.CHANGES
    _forget_basis(out)
    assert bdc("build", spec, "--out", out).exit_code == exits.CONFLICT
    assert bdc("diff", out, spec, "--write").exit_code == exits.OK
    assert bdc("build", spec, "--out", out).exit_code == exits.OK


def test_a_text_that_changes_nothing_in_the_database_is_no_change_of_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    spec, out = tmp_path / "notes.bds", tmp_path / "out"
    spec.write_text(SPEC, encoding="utf-8")
    with older_release(monkeypatch):
        assert bdc("build", spec, "--out", out).exit_code == exits.OK
    spec.write_text(SPEC + "// a remark\n", encoding="utf-8")
    assert bdc("build", spec, "--out", out).exit_code == exits.OK


@contextmanager
def older_release(patch: pytest.MonkeyPatch) -> Iterator[None]:
    """Work as a release that wrote one comment of std and one function otherwise, had one more function and no trigger
    of its own."""
    source, body, create_helpers = stdlib._source, helpers.body, helpers.create_helpers

    def older_source(module: str) -> SourceFile:
        file = source(module)
        return SourceFile(file.path, file.text.replace("/// When the row was written.", "/// Once."))

    def older_body(name: str) -> str:
        return body(name).replace("may not be changed", "cannot be changed")

    def older_helpers(system: SystemIR, roles: Roles) -> Iterator[Statement]:
        made = create_helpers(system, roles)
        yield from (one for one in made if not isinstance(one, CreateTrigger))
        yield CreateFunction(Name("of_old", APP), "begin return new; end")

    with patch.context() as older:
        older.setattr(stdlib, "_source", older_source)
        older.setattr(helpers, "body", older_body)
        older.setattr(schema, "create_helpers", older_helpers)
        yield


def _forget_basis(out: Path) -> None:
    """Leave the lock as releases before wrote it."""
    lock = out / "bdc.lock"
    lines = lock.read_text(encoding="utf-8").splitlines(keepends=True)
    kept = [line for line in lines if not line.startswith(('"specification"', '"state"'))]
    lock.write_text("".join(kept), encoding="utf-8")


def _is_proved(out: Path) -> None:
    """The migration of the release runs there and back, reaches the schema, locks what it says, and holds no one up."""
    history = read_history(out)
    if len(history) == 1:
        return
    assert len(history) == 2
    verdicts = list(verify(out, history, everything=False))
    assert [verdict for verdict in verdicts if verdict.findings] == []
    _holds_no_one_up(history[-1])


def _holds_no_one_up(migration: WrittenMigration) -> None:
    assert migration.edge is not None
    for operation in migration.edge.operations:
        strong = {table for table, mode in operation.locks.items() if mode in STRONG}
        assert not strong & operation.scans.keys(), operation.title
        assert "BLOCKS" not in {hazard.code for hazard in operation.hazards}, operation.title
        assert all(hazard.approved_by for hazard in operation.hazards)


def _tree(folder: Path) -> dict[str, bytes]:
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}
