"""Changes of entities whose partitions the worker makes: proved on a database that has such partitions with rows in them, or refused with what to write."""

import asyncio
import re
from pathlib import Path

import asyncpg
import pytest
from click.testing import CliRunner, Result

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from bdc.stack.server import Server
from bdc.verification.proof.making import LEDGER, Place, read
from bdc.verification.rows import fill, held
from bdc.verification.rows.rotated import make_partitions
from tests.support.emitted import compiled
from tests.support.specs import ROOT

pytestmark = pytest.mark.postgres
GAUGES = ROOT / "tests/systems/gauges/gauges.bds"
Edit = tuple[tuple[str, str], ...]
_MANY: Edit = (
    ("by: month, keep: 90d", "by: day, keep: 30d"),
    ("by: day, keep: 2d", "by: year"),
    ("by: year) @audited", "by: week) @audited"),
    (
        "  code: string(1..20)\n",
        '  code: string(1..20)\n  unit: string(1..9) = "bar"\n  weight: int @backfill(7)\n',
    ),
    ("  note: text?\n", "  dropped note\n  by: Fitter?\n"),
    ("  index (at desc)\n", "  index (code, at desc)\n  unique (gauge, at, code)\n"),
    ("value >= 0)", "value >= 0 and value < 1000)"),
)
EDITS: dict[str, Edit] = {
    "everything at once": _MANY,
    "another name": (("entity Tally @part", "entity Count @was(Tally) @part"), ("Reading, Tally", "Reading, Count"), ("resource Tally", "resource Count")),
}  # fmt: skip
LATER: dict[str, Edit] = {
    **{f"edit {number}": (edit,) for number, edit in enumerate(_MANY)},
    "another name of the time": ((r"\bat\b(?!:)(?! \"/)(?! \+)", "taken"), ("  at: timestamp", "  taken: timestamp @was(at)")),
    "a wider type": (("value: decimal(8, 3)", "value: decimal(9, 3)"),),
    "a new entity": (("entity Remark {", "entity Mark @partition(range, at, by: week) {\n  id (number, at)\n  number: int\n  at: timestamp\n}\n\nentity Remark {"),),
}  # fmt: skip
_PLACES = (
    "select tableoid::regclass::text as part from reading union select tableoid::regclass::text from tally"
)
GONE = ("@partition(range, day, by: day, keep: 2d)", "@partition(range, day)")
REFUSED: dict[str, tuple[Edit, str]] = {
    "no partitions of the worker any more": ((GONE, ("  id (number, day)\n", "  id (number, day)\n  partition rest default\n")), "no migration would know them"),
    "a partition beside": ((("  partition others default", '  partition now from ("2026-01-01T00:00:00Z") to ("2027-01-01T00:00:00Z")\n  partition others default'),), "may have made one for these rows"),
}  # fmt: skip


def bdc(*arguments: str) -> Result:
    result = CliRunner().invoke(cli, list(arguments))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def _edited(text: str, edits: Edit) -> str:
    for old, new in edits:
        found = re.sub(old if "\\b" in old else re.escape(old), lambda _, new=new: new, text)  # type: ignore[misc]
        assert found != text, old
        text = found
    return text


@pytest.fixture
def changed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, postgres_server: Server) -> Path:
    """Stand beside the first build of the system."""
    monkeypatch.chdir(tmp_path)
    Path("gauges.bds").write_text(GAUGES.read_text(encoding="utf-8"), encoding="utf-8")
    assert bdc("build", "gauges.bds", "--out", "out", "--target", "postgres").exit_code == exits.OK
    return Path("gauges.bds")


def _written(changed: Path, edits: Edit) -> Result:
    changed.write_text(_edited(changed.read_text(encoding="utf-8"), edits), encoding="utf-8")
    return bdc("diff", "out", "gauges.bds", "--write", "--name", "changed")


@pytest.mark.parametrize("name", EDITS)
def test_is_proved_with_their_rows(name: str, changed: Path) -> None:
    done = _written(changed, EDITS[name])
    assert done.exit_code == exits.OK, done.stderr


@pytest.mark.long
@pytest.mark.parametrize("name", LATER)
def test_each_is_proved_with_their_rows(name: str, changed: Path) -> None:
    done = _written(changed, LATER[name])
    assert done.exit_code == exits.OK, done.stderr


@pytest.mark.parametrize("name", REFUSED)
def test_is_refused_with_what_to_write(name: str, changed: Path) -> None:
    edits, words = REFUSED[name]
    done = _written(changed, edits)
    assert done.exit_code == exits.SPEC and words in done.stderr, done.output + done.stderr


def test_a_proof_has_rows_in_partitions_of_the_worker(postgres_server: Server) -> None:
    """What is proved is not proved on empty partitions alone."""
    system = compiled(GAUGES.parent)[1]
    url = Place(postgres_server).make(system, physical_state(system, compile_queries(system, True)))
    database = read(url)

    async def filled() -> tuple[set[str], int]:
        connection = await asyncpg.connect(url)
        try:
            await fill(connection, database, 3, LEDGER)
            await make_partitions(connection, database)
            found = await held(connection, database, LEDGER)
            return {str(row["part"]) for row in await connection.fetch(_PLACES)}, len(
                found.rows["public.reading"]
            )
        finally:
            await connection.close()

    parts, rows = asyncio.run(filled())
    assert any(part.startswith("app.") for part in parts), parts
    assert rows == 3
    assert read(url) == database
