"""How far a long operation is: a bar on a terminal, a line now and then anywhere else."""

import sys
import time
from typing import TextIO

_WIDTH = 30
_BAR_EVERY, _LINE_EVERY = 0.1, 10.0  # seconds


class Progress:
    """Tell `out` about one operation after the other."""

    def __init__(self, out: TextIO | None = None) -> None:
        self._out = out or sys.stderr
        self._bar = self._out.isatty()
        self._title, self._total = "", 0
        self._rows, self._began, self._told = 0, 0.0, 0.0

    def begin(self, title: str, total: int | None) -> None:
        """An operation begins, on about `total` rows (None: nobody knows)."""
        self._title, self._total, self._rows = title, total or 0, 0
        self._began = self._told = time.monotonic()

    def advance(self, rows: int) -> None:
        """`rows` more are done."""
        self._rows += rows
        now = time.monotonic()
        if now - self._told >= (_BAR_EVERY if self._bar else _LINE_EVERY):
            self._told = now
            self._tell("\r" if self._bar else "", "" if self._bar else "\n")

    def end(self) -> None:
        """The operation is done."""
        self._total = self._rows
        self._tell("\r" if self._bar else "", "\n")

    def _tell(self, start: str, stop: str) -> None:
        speed = self._rows / max(time.monotonic() - self._began, 0.001)
        share = min(1.0, self._rows / self._total) if self._total else 0.0
        bar = f"[{'#' * int(share * _WIDTH):<{_WIDTH}}] " if self._bar else ""
        part = f"{share:4.0%} " if self._total else ""
        self._out.write(f"{start}{self._title} {bar}{part}{self._rows:,} rows, {speed:,.0f} rows/s{stop}")
        self._out.flush()
