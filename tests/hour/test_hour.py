"""A newcomer's first hour goes as it is told: new, check, build, dev with edits, review, diff, build, verify."""

from pathlib import Path

import pytest

from tests.hour.steps import Hour

pytestmark = [pytest.mark.long, pytest.mark.postgres]


def test_the_first_hour(tmp_path: Path) -> None:
    lines: list[str] = []
    Hour(tmp_path, lines.append).run()
    assert [line.split()[2] for line in lines if line.startswith("$ bdc ")] == [
        *("new", "check", "build", "dev", "token"),
        *("review", "diff", "diff", "build", "migrate"),
    ]
