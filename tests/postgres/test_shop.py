"""The example from its specification to a live database: it migrates, seeds, lints clean, and is the same each time."""

import subprocess
from pathlib import Path

import pytest
from tests.postgres.conftest import write
from tests.postgres.test_linters import PGRLS, SQUAWK, tool
from tests.support.postgres import Database, run
from tests.support.shop import shop

from bdc.output import EmitContext, GeneratedFile, Ownership
from bdc_emitters.postgres import EMITTER


def emitted() -> list[GeneratedFile]:
    _, system = shop()
    return list(EMITTER.emit(system, EmitContext(system)))


@pytest.fixture
def shop_folder(tmp_path: Path, _runtime_path: None) -> Path:
    write(tmp_path, emitted())
    return tmp_path / "database"


def test_two_builds_are_the_same() -> None:
    assert emitted() == emitted()


def test_migrations_are_append_only_and_the_rest_is_generated() -> None:
    owned = {file.path for file in emitted() if file.ownership is Ownership.MIGRATION}
    names = ("01_expand.sql", "down.sql", "edge.json", "snapshot.json.gz", "state.json.gz")
    assert owned == {f"database/migrations/0001_initial/{name}" for name in names}


@pytest.mark.postgres
def test_seeds_are_loaded_once(database: Database, shop_folder: Path) -> None:
    from database.migrate import migrate

    for _ in range(2):
        run(migrate(database.superuser_url, seed=True, folder=shop_folder))
    rows = run(
        database.fetch('select o.slug, u.email from org o join "user" u on u.org_id = o.id order by 1')
    )
    assert [tuple(row) for row in rows] == [("acme", "ann@acme.test"), ("globex", "eve@globex.test")]


@pytest.mark.tool
def test_squawk(shop_folder: Path) -> None:
    files = [str(path) for path in sorted((shop_folder / "migrations").glob("*/*.sql"))]
    command = [tool(SQUAWK), "--config", str(shop_folder / ".squawk.toml"), *files]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout


@pytest.mark.tool
@pytest.mark.postgres
def test_pgrls(database: Database, shop_folder: Path) -> None:
    from database.migrate import migrate

    lint = [
        tool(PGRLS),
        "lint",
        "--config",
        str(shop_folder / "pgrls.toml"),
        "--database-url",
        database.superuser_url,
    ]
    run(migrate(database.superuser_url, folder=shop_folder))
    found = subprocess.run(lint, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stdout
