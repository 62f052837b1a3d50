"""The runtime modules as they stand in a built project."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.shop import build_shop

ROOTS = ("api", "services", "database")


@pytest.fixture(scope="session")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of the built shop."""
    return build_shop(tmp_path_factory.mktemp("shop"))


@pytest.fixture(autouse=True)
def emitted(built: Path) -> Iterator[None]:
    """Make the emitted packages importable for one test: other rooms emit packages of the same names."""
    _forget()
    sys.path.insert(0, str(built))
    yield
    sys.path.remove(str(built))
    _forget()


def _forget() -> None:
    for name in [name for name in sys.modules if name.partition(".")[0] in ROOTS]:
        del sys.modules[name]
