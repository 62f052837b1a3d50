"""The folder in which the compiler keeps what it can make again."""

import os
from pathlib import Path


def user_cache() -> Path | None:
    """Return the folder of the user's own to keep things in, or None: what is unpickled must belong to the user alone."""
    try:
        home = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
        folder = Path(home) / "bdc"
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        state = folder.stat()
    except (OSError, RuntimeError):
        return None
    mine = not hasattr(os, "getuid") or (state.st_uid == os.getuid() and not state.st_mode & 0o022)
    return folder if mine else None
