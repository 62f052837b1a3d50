"""Every example of a chapter that has an api holds the law: see `tests/support/law.py`."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from bdc.stack import Server
from tests.language.chapters import examples
from tests.support.emitted import build
from tests.support.law import SAMPLE, Court

pytestmark = pytest.mark.postgres


_TEMPLATE = re.compile(
    r'(?:text|html): "([^"{}]+)"'
)  # a file beside the example, which has a text of its own
EXAMPLES = {
    example.name: example for example in examples() if "api " in example.text and not example.mistakes
}
SHOWN = sorted(EXAMPLES)[::SAMPLE]
# The short run takes every thirtieth one; the systems of `test_other_systems.py` meet the same features in more company.
SHORT = sorted(EXAMPLES)[::30]


@pytest.fixture(scope="module")
def court(postgres_server: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Court]:
    yield Court(postgres_server, tmp_path_factory.mktemp("mypy"))


@pytest.mark.parametrize(
    "name", [name if name in SHORT else pytest.param(name, marks=pytest.mark.long) for name in EXAMPLES]
)
def test_an_example_holds_the_law(name: str, court: Court, tmp_path: Path) -> None:
    court.hold(_written(name, tmp_path / "spec"), tmp_path / "out", tools=name in SHOWN)


@pytest.mark.long
@pytest.mark.parametrize("name", sorted({*EXAMPLES} - {*SHOWN}))
def test_tools_find_nothing_in_an_example(name: str, court: Court, tmp_path: Path) -> None:
    court.ask_tools(build(_written(name, tmp_path / "spec"), tmp_path / "out"))


def _written(name: str, spec: Path) -> Path:
    spec.mkdir()
    for file in EXAMPLES[name].files:
        (spec / file.path).write_text(file.text, encoding="utf-8")
        for name in _TEMPLATE.findall(file.text):
            (spec / name).parent.mkdir(parents=True, exist_ok=True)
            (spec / name).write_text("Good day.\n", encoding="utf-8")
    return spec
