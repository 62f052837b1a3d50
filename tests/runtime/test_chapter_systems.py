"""Every example of a chapter that has an api holds the law: see `tests/support/law.py`."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bdc.stack import Server
from tests.language.chapters import examples
from tests.support.law import Court

pytestmark = pytest.mark.postgres


EXAMPLES = {
    example.name: example for example in examples() if "api " in example.text and not example.mistakes
}


@pytest.fixture(scope="module")
def court(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    yield Court(postgres_server, tmp_path_factory.mktemp("mypy"))


@pytest.mark.parametrize("name", EXAMPLES)
def test_an_example_holds_the_law(name: str, court: Court, tmp_path: Path) -> None:
    spec = tmp_path / "spec"
    spec.mkdir()
    for file in EXAMPLES[name].files:
        (spec / file.path).write_text(file.text, encoding="utf-8")
    court.hold(spec, tmp_path / "out")
