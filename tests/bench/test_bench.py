"""What the bench makes of what it finds; nothing is timed here."""

from typing import Any

import pytest

from tests.bench.__main__ import _conclude
from tests.bench.answers import OWN, Differs, _contains
from tests.bench.cases import CASES
from tests.bench.measure import Cell, Finding


def finding(ours: tuple[float, ...], theirs: tuple[float, ...], bad: int = 0) -> Finding:
    cells = (
        tuple(Cell(rate, 1.0, 1.0, 1.0, bad) for rate in ours),
        tuple(Cell(rate, 1.0, 1.0, 1.0, 0) for rate in theirs),
    )
    return Finding(CASES[0], ("emitted", "by hand"), cells)


def test_the_ratio_is_that_of_the_middle_round() -> None:
    found = finding((600.0, 900.0, 500.0), (100.0, 100.0, 10.0))
    assert found.ratio == 9.0
    assert found.reached


def test_a_missed_aim_is_said_and_is_no_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert _conclude([finding((100.0,), (100.0,))]) == 0
    assert "below its aim: get by key: 1.0×, not 6×" in capsys.readouterr().out


def test_a_wrong_answer_is_a_failure(capsys: pytest.CaptureFixture[str]) -> None:
    assert _conclude([finding((900.0,), (100.0,), bad=3)]) == 1
    assert "WRONG ANSWERS: get by key: 3" in capsys.readouterr().out


SAME: dict[str, Any] = {
    "items": [
        {"id": "1", "at": "2026-01-01T00:00:00Z", "lines": [{"id": "a"}, {"id": "b"}]},
        {"id": "2", "at": None},
    ],
    "n": "1.00",
}
FIRST, SECOND = SAME["items"]
LINES = {**FIRST, "at": "2026-01-01T00:00:00+00:00", "lines": [{"id": "b"}, {"id": "a", "more": 1}]}


def test_the_same_answer_may_say_more_and_write_times_and_nested_rows_differently() -> None:
    _contains({"items": [LINES, SECOND], "n": "1.00"}, SAME, "here", ())
    _contains({"number": "N-1", "n": 1}, {"number": "N-2", "n": 1}, "here", OWN)


@pytest.mark.parametrize(
    "ours",
    [
        {**SAME, "n": "1.01"},
        {"items": SAME["items"]},
        {**SAME, "items": [FIRST]},
        {**SAME, "items": [SECOND, FIRST]},
        {**SAME, "items": [{**FIRST, "at": "2026-01-01T00:00:01Z"}, SECOND]},
        {**SAME, "items": [{**FIRST, "lines": [{"id": "a"}, {"id": "c"}]}, SECOND]},
        [],
    ],
)
def test_a_different_answer_is_found(ours: object) -> None:
    with pytest.raises(Differs, match="here"):
        _contains(ours, SAME, "here", ())
