"""A migration is run before it is written: what stops is refused, what was not run says so."""

import shutil
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner, Result

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.evolution import read_history
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from bdc.stack.loading import run
from bdc.stack.reach import StackError
from bdc.stack.server import Server
from bdc.verification.proof import NOT_ASKED, Proof, read_proof
from bdc.verification.proof.making import LEDGER, Place, read
from bdc.verification.rows import fill
from tests.support.emitted import compiled
from tests.support.specs import ROOT

pytestmark = pytest.mark.postgres
MIGRATIONS = Path("out/database/migrations")
LOG = '\nsql """create table log (note text);"""\n'
NO_ROW = 'sql """do $$ begin if exists (select from log) then raise exception \'log has rows\'; end if; end $$;"""\n'


def bdc(*arguments: str) -> Result:
    result = CliRunner().invoke(cli, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("proof")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        bdc("new", "small")
        edit("", "", LOG)
        assert bdc("build", "small", "--out", "out", "--target", "postgres").exit_code == exits.OK
    return folder


@pytest.fixture
def small(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: Server) -> None:
    """Stand in a folder with a specification and its first build; proofs use the server of the tests."""
    shutil.copytree(made, tmp_path, dirs_exist_ok=True)
    monkeypatch.chdir(tmp_path)


def edit(old: str, new: str, more: str = "") -> None:
    file = Path("small/small.bds")
    text = file.read_text(encoding="utf-8")
    assert old in text
    file.write_text((text.replace(old, new) if old else text) + more, encoding="utf-8")


def written() -> list[Path]:
    return sorted(path.parent for path in MIGRATIONS.glob("2*/edge.json"))


@pytest.mark.usefixtures("small")
def test_what_was_run_is_recorded_and_what_was_not_says_why(monkeypatch: pytest.MonkeyPatch) -> None:
    edit("", "", NO_ROW)
    refused = bdc("diff", "out", "small", "--write")
    assert (refused.exit_code, written()) == (exits.SPEC, [])
    assert "error[E520]: the migration stops at" in refused.stderr and "log has rows" in refused.stderr
    assert "it runs on empty tables" in refused.stderr

    edit(NO_ROW, "")
    edit("  title: string(1..200)", '  remark: string(1..9) = "none"\n  title: string(1..200)')
    done = bdc("diff", "out", "small", "--write", "--name", "proven")
    assert done.exit_code == exits.OK, done.stderr
    edit("  title: string(1..200)", "  other: int?\n  title: string(1..200)")
    assert bdc("diff", "out", "small", "--write", "--name", "asked", "--no-prove").exit_code == exits.OK

    def no_server(**_: object) -> Server:
        raise StackError("this machine has none")

    monkeypatch.setattr("bdc.stack.shared.start", no_server)
    edit("  other: int?", "  other: int?\n  third: int?")
    alone = bdc("diff", "out", "small", "--write", "--name", "alone")
    assert (alone.exit_code, "not proven: no embedded server: this machine has none" in alone.stderr) == (
        exits.OK,
        True,
    )

    proven, asked, skipped = (read_proof(folder) for folder in written())
    assert proven == Proof(rows=3) and asked == NOT_ASKED and skipped is not None and not skipped.is_proven
    assert len(read_history(Path("out"))) == 4, "what is kept of the run is no part of the migration"


# Systems whose checks tie columns together: references that differ, patterns, choices, ranges, partitions.
@pytest.mark.parametrize("system", ["choices", "ledger", "meter", "telemetry"])
def test_every_table_gets_rows(system: str, postgres_server: Server) -> None:
    _, compiled_system = compiled(ROOT / "tests/systems" / system)
    state = physical_state(compiled_system, compile_queries(compiled_system))
    url = Place(postgres_server, prefix=f"rows_{system}").make(compiled_system, state)

    async def filled() -> tuple[str, ...]:
        connection = await asyncpg.connect(url)
        try:
            return await fill(connection, read(url), 3, LEDGER)
        finally:
            await connection.close()

    assert run(filled()) == ()
