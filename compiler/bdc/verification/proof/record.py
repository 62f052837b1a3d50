"""What is known of a migration that was written: whether it was run, and on which rows."""

import json
from pathlib import Path
from typing import Any

from bdc.source.records import dataclass

FILE = "proof.json"
_FORMAT = 1


@dataclass(frozen=True, slots=True)
class Stopped:
    """Where a run stopped. `operation`: its id, None where it was no operation; `title`: what that does; `reason`: the words of PostgreSQL
    (or of the runner). `forward`: on the way to the new state; `rows`: whether the same step runs on empty tables."""

    operation: str | None
    title: str
    reason: str
    forward: bool = True
    rows: bool = False


@dataclass(frozen=True, slots=True)
class Proof:
    """`skipped`: why the migration was not run, '' when it was. `rows`: how many each table had; `without_rows`: tables that got none.
    `back`: why the way back was not gone, '' when it was."""

    skipped: str = ""
    rows: int = 0
    without_rows: tuple[str, ...] = ()
    back: str = ""

    @property
    def is_proven(self) -> bool:
        return not self.skipped

    def text(self) -> str:
        """Return it as the text of its file. Neither clock nor version: the same run gives the same bytes."""
        content: dict[str, Any] = {"format": _FORMAT, "proven": self.is_proven}
        if self.skipped:
            content["reason"] = self.skipped
        else:
            content |= {
                "rows": self.rows,
                "without_rows": list(self.without_rows),
                "back": self.back or "run",
            }
        return json.dumps(content, indent=2, ensure_ascii=False) + "\n"

    def __str__(self) -> str:
        if self.skipped:
            return f"not proven: {self.skipped}"
        ways = "forward" if self.back else "forward, back, forward"
        rest = f"; {len(self.without_rows)} tables without rows" if self.without_rows else ""
        return f"proven: {ways}, {self.rows} rows in each table{rest}"


NOT_ASKED = Proof(skipped="--no-prove")


def read_proof(folder: Path) -> Proof | None:
    """Return what is kept of the migration in `folder`; None when nothing is (an older release wrote it)."""
    try:
        content = json.loads((folder / FILE).read_text(encoding="utf-8"))
        if content["proven"]:
            back = "" if content["back"] == "run" else str(content["back"])
            return Proof(rows=int(content["rows"]), without_rows=tuple(content["without_rows"]), back=back)
        return Proof(skipped=str(content["reason"]))
    except (OSError, ValueError, KeyError, TypeError):
        return None
