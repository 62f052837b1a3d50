"""What linters that nobody here wrote say of the migration and of the live database: nothing that is not explained."""

import subprocess
import sys
from pathlib import Path

import pytest
from tests.support.postgres import Database

pytestmark = pytest.mark.tool

SQUAWK = Path(sys.executable).with_name("squawk")
PGRLS = Path(__file__).parents[2] / ".tools" / "pgrls" / "bin" / "pgrls"


def tool(path: Path) -> str:
    if not path.exists():
        pytest.skip(f"not run: {path.name} is not installed")
    return str(path)


def run(*command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, capture_output=True, text=True, check=False)


def test_squawk_finds_nothing_in_the_migration(folder: Path) -> None:
    squawk = tool(SQUAWK)
    files = [str(path) for path in sorted((folder / "migrations").glob("*/*.sql"))]
    found = run(squawk, "--config", str(folder / ".squawk.toml"), *files)
    assert found.returncode == 0, found.stdout
    unsafe = folder / "unsafe.sql"
    unsafe.write_text("alter table patient alter column name set not null;")
    assert run(squawk, "--config", str(folder / ".squawk.toml"), str(unsafe)).returncode == 1


@pytest.mark.postgres
def test_pgrls_finds_nothing_in_the_database(clinic: Database, folder: Path) -> None:
    lint = (
        tool(PGRLS),
        "lint",
        "--config",
        str(folder / "pgrls.toml"),
        "--database-url",
        clinic.superuser_url,
    )
    found = run(*lint)
    assert found.returncode == 0, found.stdout
    connection = run(sys.executable, "-c", OPEN_A_HOLE.format(url=clinic.superuser_url))
    assert connection.returncode == 0, connection.stderr
    holed = run(*lint)
    assert holed.returncode == 1
    assert "SEC002" in holed.stdout


OPEN_A_HOLE = """
import asyncio, asyncpg

async def main():
    connection = await asyncpg.connect({url!r})
    await connection.execute("alter table patient no force row level security")

asyncio.run(main())
"""
