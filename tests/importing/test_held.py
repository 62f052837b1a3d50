"""What is imported builds, migrates and boots, and its own tests pass: the law, for sources of others."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bdc.importing.described import describe
from bdc.stack import Server
from tests.support import corpus
from tests.support.law import Court

pytestmark = [pytest.mark.postgres, pytest.mark.long]

_HERE = Path(__file__).parent
_SOURCES = (
    _HERE / "library.yaml",
    _HERE / "whole.jdl",
    corpus.CORPUS / "realworld" / "openapi.yml",
    *sorted((corpus.CORPUS / "jdl-samples").glob("*.j*")),
)


@pytest.fixture(scope="module")
def court(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    yield Court(postgres_server, tmp_path_factory.mktemp("mypy"))


@pytest.mark.parametrize("source", _SOURCES, ids=lambda path: path.name)
def test_an_import_holds_the_law(source: Path, court: Court, tmp_path: Path) -> None:
    spec = tmp_path / "spec"
    spec.mkdir()
    text = describe(str(source), "imported", None).text
    (spec / "imported.bds").write_text(text, encoding="utf-8")
    court.hold(spec, tmp_path / "out", tools=False)
