"""Messages that no server was there for: kept in this process, and in the folder `MAIL_FOLDER` where the pages of development show them.

Only development and tests come here. The newest are kept.
"""

import json
import os
import time
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Any

FOLDER = "MAIL_FOLDER"
MOST = 200
KEPT: deque[dict[str, Any]] = deque(maxlen=MOST)


def keep(message: dict[str, Any]) -> None:
    """Keep a message: `mail`, `run`, `message_id`, `from`, `to`, `subject`, `text`, `html`, `values`."""
    KEPT.append(message)
    folder = _folder()
    if folder is None:
        return
    folder.mkdir(parents=True, exist_ok=True)
    name = f"{time.time_ns():020}-{message['run']}"
    unfinished = folder / f".{name}"
    unfinished.write_text(json.dumps(message, ensure_ascii=False, default=str), encoding="utf-8")
    unfinished.replace(folder / f"{name}.json")
    for old in sorted(folder.glob("*.json"))[:-MOST]:
        old.unlink(missing_ok=True)


def kept() -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield the messages of the folder, the newest first, each with its name."""
    folder = _folder()
    for file in sorted(folder.glob("*.json"), reverse=True) if folder is not None else ():
        try:
            yield file.stem, json.loads(file.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            continue  # another process has removed it


def _folder() -> Path | None:
    name = os.environ.get(FOLDER, "")
    return Path(name) if name else None
