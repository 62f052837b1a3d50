"""Whole systems that differ from the shop in nearly everything hold the law: see `tests/support/law.py`.

Each is named after what it is about; its first comment says what is unusual in it.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bdc.stack import Server
from tests.support.emitted import build
from tests.support.law import SAMPLE, Court
from tests.support.tools import not_run, tool

pytestmark = pytest.mark.postgres

SYSTEMS = Path(__file__).parents[1] / "systems"
NAMES = sorted(path.name for path in SYSTEMS.iterdir() if path.is_dir())
# The short run takes every tenth, the long run all.
SHORT = NAMES[::10]


@pytest.fixture(scope="module")
def court(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    yield Court(postgres_server, tmp_path_factory.mktemp("mypy"))


@pytest.mark.tool
def test_bandit_looks_at_them_too() -> None:
    if tool("bandit") is None:
        pytest.skip(not_run("bandit"))


def test_there_are_enough_of_them() -> None:
    assert len(NAMES) >= 24


@pytest.mark.parametrize(
    "name", [name if name in SHORT else pytest.param(name, marks=pytest.mark.long) for name in NAMES]
)
def test_a_system_holds_the_law(name: str, court: Court, tmp_path: Path) -> None:
    outcome = court.hold(SYSTEMS / name, tmp_path / name, tools=name in NAMES[::SAMPLE])
    offers_graphql = (tmp_path / name / "api/documentation/schema.graphql").exists()
    for surface in ("test_sql", "test_rest", *(("test_graphql",) if offers_graphql else ())):
        assert any(f"::{surface}[" in result for result in outcome.results), surface


@pytest.mark.long
@pytest.mark.parametrize("name", sorted({*NAMES} - {*NAMES[::SAMPLE]}))
def test_tools_find_nothing_in_a_system(name: str, court: Court, tmp_path: Path) -> None:
    court.ask_tools(build(SYSTEMS / name, tmp_path / name))
