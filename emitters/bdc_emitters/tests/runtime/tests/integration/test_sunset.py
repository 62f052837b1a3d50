"""Answers of an api that goes away say on which day, refusals too; those of others say nothing."""

import pytest

from api.routes import SUNSETS
from tests.support.backend import Backend
from tests.support.matrix import load_matrix

PATHS = sorted({facts["list"]["path"] for facts in load_matrix().entities.values() if facts["list"]})


@pytest.mark.parametrize("path", PATHS)
def test_answers_say_when_the_api_goes_away(backend: Backend, path: str) -> None:
    begins = [each for each in SUNSETS if path.startswith(f"{each.rstrip('/')}/")]
    day = SUNSETS[max(begins, key=len)] if begins else b""
    for asked in (path, f"{path}?no_such_parameter=1"):
        assert backend.call("GET", asked).headers.get("sunset", "") == day.decode()
