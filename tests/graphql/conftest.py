"""The emitted shop on a database with rows, once for all tests of this room."""

from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from bdc.diagnostics import DiagnosticSink
from bdc.ir import SystemIR
from bdc.output import EmitContext
from bdc.pipeline import compile_system
from bdc.project import load_project
from tests.graphql import shop_data
from tests.graphql.harness import Graph, importable, write
from tests.support.postgres import Databases, Template

ROOT = Path(__file__).parents[2]
EMITTERS = ("graphql", "service", "postgres")


@pytest.fixture(scope="session")
def shop() -> SystemIR:
    sink = DiagnosticSink()
    project = load_project(ROOT / "examples/shop", sink)
    assert project.files
    compiled = compile_system(project.files)
    assert compiled.system is not None
    return compiled.system


@pytest.fixture(scope="session")
def emitted(shop: SystemIR, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shop's project on disk, as far as GraphQL needs it."""
    from bdc_emitters.registry import load_emitter

    out = tmp_path_factory.mktemp("graphql-shop")
    context = EmitContext(shop)
    write(out, [file for name in EMITTERS for file in load_emitter(name).emit(shop, context)])
    return out


@pytest.fixture(scope="module")
def on_path(emitted: Path) -> Iterator[Path]:
    with importable(emitted):
        yield emitted


@pytest.fixture
def graph(on_path: Path, databases: Databases) -> Graph:
    """The endpoint over a fresh copy of the rows; use it inside one event loop."""

    async def build(url: str) -> None:
        from database.migrate import migrate

        await migrate(url, seed=False, folder=on_path / "database")
        connection = await asyncpg.connect(url)
        await shop_data.insert(connection)
        await connection.close()

    database = databases.fresh(Template("graphql_shop", build))
    return Graph(on_path, database.url("shop_runtime"))
