"""A call that nobody waits for: its answer, its failure, and its end."""

import os
import signal
import time
from pathlib import Path

import pytest

from bdc.source.forking import Apart


def _ended(call: "Apart[object]") -> bool:
    end = time.monotonic() + 60
    while not call.ended():
        assert time.monotonic() < end
        time.sleep(0.005)
    return True


def test_its_answer_is_there_when_it_has_ended() -> None:
    call = Apart(lambda: [os.getpid(), "x" * 100_000])
    assert _ended(call)
    process, text = call.answer()
    assert process != os.getpid() and text == "x" * 100_000


def test_what_it_raises_is_raised_here() -> None:
    call = Apart(lambda: int("no number"))
    with pytest.raises(ValueError, match="no number"):
        call.answer()


def test_one_that_was_killed_has_no_answer() -> None:
    call = Apart(lambda: os.kill(os.getpid(), signal.SIGKILL))
    with pytest.raises(RuntimeError, match="without an answer"):
        call.answer()


def test_what_is_stopped_does_not_go_on(tmp_path: Path) -> None:
    begun, late = tmp_path / "begun", tmp_path / "late"

    def slow() -> None:
        begun.touch()
        while not (tmp_path / "go").exists():
            time.sleep(0.005)
        late.touch()

    call = Apart(slow)
    while not begun.exists():
        time.sleep(0.005)
    call.stop()
    (tmp_path / "go").touch()
    assert call.ended() and not late.exists()
    call.stop()  # again: nothing
