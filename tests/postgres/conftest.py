"""The clinic as an emitted `database/` folder, the runner that ships with it, and databases that it has migrated."""

import sys
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from tests.postgres.clinic import CLINIC, clinic_queries
from tests.postgres.people import write_people
from tests.support.postgres import Database, Databases, Template

from bdc.output import GeneratedFile
from bdc.schema.initial import initial_migration
from bdc_emitters.postgres.release import release
from bdc_emitters.postgres.seeds import seed_files

RUNTIME = Path(str(files("bdc_emitters.postgres"))) / "runtime"


def write(out: Path, generated: Iterable[GeneratedFile]) -> None:
    for file in generated:
        path = out / file.path
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(file.content, encoding="utf-8")


def clinic_files() -> list[GeneratedFile]:
    queries = clinic_queries()
    return [*initial_migration(CLINIC, queries), release(CLINIC, queries), *seed_files(CLINIC)]


@pytest.fixture(scope="session")
def _runtime_path() -> Iterator[None]:
    """`database` as an emitted project imports it; other rooms have other packages of that name."""
    sys.path.insert(0, str(RUNTIME))
    yield
    sys.path.remove(str(RUNTIME))
    for name in [name for name in sys.modules if name.partition(".")[0] == "database"]:
        del sys.modules[name]


@pytest.fixture
def folder(tmp_path: Path, _runtime_path: None) -> Path:
    """The emitted `database/` folder, to be changed at will."""
    write(tmp_path, clinic_files())
    return tmp_path / "database"


@pytest.fixture(scope="session")
def _template(tmp_path_factory: pytest.TempPathFactory, _runtime_path: None) -> Template:
    out = tmp_path_factory.mktemp("clinic")
    write(out, clinic_files())

    async def build(url: str) -> None:
        from database.migrate import migrate

        await migrate(url, seed=True, folder=out / "database")

    return Template("clinic", build)


@pytest.fixture
def clinic(databases: Databases, _template: Template) -> Database:
    """A database with the clinic's schema and its seed."""
    return databases.fresh(_template)


@pytest.fixture
def plain(tmp_path: Path, _runtime_path: None) -> Path:
    """The folder of a backend without an application: its first edge makes a table of people."""
    return write_people(tmp_path)
