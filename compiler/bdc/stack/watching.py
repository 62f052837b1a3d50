"""Files that are edited while a service runs, found by looking at them again."""

from collections.abc import Callable, Iterable
from pathlib import Path


class Watch:
    """Knows how files looked the last time. `files`: returns those to look at, which may be others each time."""

    def __init__(self, files: Callable[[], Iterable[Path]]) -> None:
        self._files = files
        self._seen = self._look()

    def changed(self) -> tuple[Path, ...]:
        """Return the files that are new, edited or gone since the last call, in the order of their names."""
        now = self._look()
        found = {path for path in now.keys() | self._seen.keys() if now.get(path) != self._seen.get(path)}
        self._seen = now
        return tuple(sorted(found))

    def _look(self) -> dict[Path, tuple[int, int]]:
        states: dict[Path, tuple[int, int]] = {}
        for path in self._files():
            try:
                state = path.stat()
            except OSError:  # an editor is just replacing it
                continue
            states[path] = (state.st_mtime_ns, state.st_size)
        return states
