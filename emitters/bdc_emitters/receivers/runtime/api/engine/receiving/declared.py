"""What the specification says about a receiver, and its secrets."""

import base64
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from services.engine.config import Settings

Scheme = Literal["standard", "stripe", "github"]
# Where no secret is given: only in development, and the same for everybody.
DEVELOPMENT_SECRET = "whsec_" + base64.b64encode(b"development: no secret at all").decode()


@dataclass(frozen=True, slots=True)
class Event:
    """`check`: the statement that reads a payload; `runs`: those that queue jobs."""

    check: str
    runs: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Receiver:
    """Webhooks that come in at `path`. Times in seconds."""

    name: str
    path: str
    variable: str
    scheme: Scheme
    tolerance: float
    keep: float
    events: dict[str, Event]

    def secrets(self, settings: Settings) -> tuple[str, ...]:
        """Return the secrets that are valid: of the variable, or of the file that `<variable>_FILE` names, separated by commas or spaces (two
        while one is replaced). Outside production one is known where none is given."""
        file = os.environ.get(f"{self.variable}_FILE")
        text = os.environ.get(self.variable, "")
        if not text and file and Path(file).is_file():
            text = Path(file).read_text(encoding="utf-8")
        found = tuple(text.replace(",", " ").split())
        return found or (() if settings.production else (DEVELOPMENT_SECRET,))
