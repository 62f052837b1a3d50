"""One backend for the whole run."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.backend import Backend, running_backend
from tests.support.matrix import Matrix, Rows, load_matrix


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """A test over cells of which this system has none is no test, not a skipped one."""
    empty = [item for item in items if "[NOTSET" in item.name or item.name.endswith("NOTSET]")]
    if empty:
        config.hook.pytest_deselected(items=empty)
        items[:] = [item for item in items if item not in empty]


@pytest.fixture(scope="session")
def matrix() -> Matrix:
    return load_matrix()


@pytest.fixture(scope="session")
def backend(tmp_path_factory: pytest.TempPathFactory, matrix: Matrix) -> Iterator[Backend]:
    scratch: Path = tmp_path_factory.mktemp("backend")
    with running_backend(scratch, matrix.document) as found:
        yield found


@pytest.fixture(scope="session")
def all_rows(backend: Backend, matrix: Matrix) -> Rows:
    return Rows(backend.database, matrix)


@pytest.fixture(scope="module")
def rows(all_rows: Rows) -> Rows:
    """The matrix's rows, in the database as the module begins."""
    all_rows.restore()
    return all_rows
