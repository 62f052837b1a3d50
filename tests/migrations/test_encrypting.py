"""A field that gets `@encrypted` while rows have it: read as it is until the contract, which encrypts it with the keys of the service."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bdc.cli import exits
from tests.migrations.test_next import BUILD, Bdc, bdc, edit, migrate
from tests.support.postgres import Database, run

__all__ = ["bdc"]

pytestmark = pytest.mark.postgres
MARKS = "select count(*) from pg_constraint where conname = 'team_note__plain'"
NOTES = "select note from team order by name"
# What the service makes of stored values: of a marked column, and of one that is not.
OPEN = """
import sys
from services.engine.config import load_secrets
from services.security.engine.encryption import FieldCipher
cipher = FieldCipher(load_secrets())
cipher.plain = frozenset(["team.note"] if sys.argv[1] == "marked" else [])
print(cipher.reveal(f'"\\x03{sys.argv[2]}\\x04"'.encode()).decode())
"""


def opened(how: str, database: Database) -> str:
    """Return what the service makes of the first note, marked as its statements mark it."""
    edges = [
        json.loads(path.read_text()) for path in Path("out/database/migrations").glob("*_sealed/edge.json")
    ]
    seal = next(each["batch"]["seal"] for each in edges[0]["operations"] if each["batch"])
    mark = run(database.fetch(f"select {seal['place']} || note from team as sealed order by name"))[0][0]
    environment = {**os.environ, "PYTHONPATH": "."}
    command = [sys.executable, "-c", OPEN, how, mark]
    return subprocess.run(
        command, cwd="out", env=environment, capture_output=True, text=True, check=True
    ).stdout


@pytest.mark.long
def test_rows_are_encrypted_by_the_contract(bdc: Bdc, database: Database) -> None:
    edit("  name: string(1..80)\n}", "  name: string(1..80)\n  note: string(..200)?\n}")
    assert bdc("diff", "out", "small", "--write", "--no-prove", "--name", "note").exit_code == exits.OK
    assert bdc(*BUILD).exit_code == exits.OK
    migrate(database, "up", "--all")
    run(database.execute("insert into team (name, note) values ('a', 'pl|a\"in'), ('b', null)"))

    edit("note: string(..200)?", "note: string(..200)? @encrypted")
    planned = bdc("diff", "out", "small", "--write", "--name", "sealed")
    assert planned.exit_code == exits.OK, planned.output
    assert bdc(*BUILD, "--target", "service").exit_code == exits.OK
    migrate(database, "up", user="small_migrator")
    (note,), _ = run(database.fetch(NOTES))
    assert (note, run(database.fetch(MARKS))[0][0]) == ('pl|a"in', 1)
    assert opened("marked", database) == '"pl|a\\"in"\n'
    assert opened("plain", database) == "null\n"

    migrate(database, "up", "--contract", user="small_migrator")
    (note,), (nothing,) = run(database.fetch(NOTES))
    assert (nothing, run(database.fetch(MARKS))[0][0]) == (None, 0)
    assert "pl|a" not in note
    assert opened("plain", database) == '"pl|a\\"in"\n'
    assert "up to date" in migrate(database, "up", "--all")

    edit("note: string(..200)? @encrypted", "note: string(..200)?")
    refused = bdc("diff", "out", "small", "--write")
    assert (refused.exit_code, "only the service can decrypt" in refused.stderr) == (exits.SPEC, True)
