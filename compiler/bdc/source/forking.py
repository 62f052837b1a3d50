"""Two calls at once, where there are two processors: one here, one in a forked process."""

import gc
import os
import pickle
import signal
import tempfile
from collections.abc import Callable
from contextlib import suppress
from typing import Any, Generic, TypeVar

# Below this many entities a second process costs more than it saves.
WORTH_A_PROCESS = 20

Here = TypeVar("Here")
There = TypeVar("There")
_POLITE = 10  # how far a call that nobody waits for stands back


def can_fork() -> bool:
    """Whether a second process helps: it can be forked, and has a processor of its own."""
    return hasattr(os, "fork") and (os.cpu_count() or 1) > 1


def both(here: Callable[[], Here], there: Callable[[], There]) -> tuple[Here, There]:
    """Return what the two calls return. The forked process inherits everything and sends back its answer alone: what else `there` changes is
    lost. Raises what either raises."""
    gc.freeze()  # a search for garbage would copy every page that the two processes share
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(reading)
        _answer(there, writing)
    os.close(writing)
    try:
        found = here()
    finally:
        with os.fdopen(reading, "rb") as pipe:
            sent = pipe.read()
        os.waitpid(child, 0)
    return found, _opened(sent)


def _answer(there: Callable[[], object], writing: int) -> None:
    """Send what `there` returns or raises, and end this process with nothing of its own written or cleaned up."""
    try:
        try:
            sent = pickle.dumps((None, there()))
        except Exception as failure:
            sent = pickle.dumps((failure, None))
        with os.fdopen(writing, "wb") as pipe:
            pipe.write(sent)
    finally:
        os._exit(0)


class Apart(Generic[There]):
    """A call in a forked process, for which nobody waits: ask whether it has `ended`, and then for its `answer`; or `stop` it."""

    def __init__(self, call: Callable[[], There]) -> None:
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # open until the answer is taken
        self._running = True
        self._child = os.fork()
        if self._child == 0:
            with suppress(OSError):
                os.setpgid(0, 0)  # what it starts ends with it, and Ctrl-C in a terminal is not for it
                os.nice(_POLITE)
            _answer(call, os.dup(self._file.fileno()))

    def ended(self) -> bool:
        """Whether the process has ended."""
        if self._running:
            self._running = os.waitpid(self._child, os.WNOHANG)[0] == 0
        return not self._running

    def answer(self) -> There:
        """Return what the call returned, after it has ended. Raises what it raised, and RuntimeError where it ended without an answer."""
        if self._running:
            os.waitpid(self._child, 0)
            self._running = False
        with self._file as file:
            file.seek(0)
            found: There = _opened(file.read())
            return found

    def stop(self) -> None:
        """End the process and what it has started; nothing where it has ended."""
        if not self.ended():
            for end in (os.killpg, os.kill):  # the group is the child's own as soon as it runs
                with suppress(ProcessLookupError):
                    end(self._child, signal.SIGKILL)
            os.waitpid(self._child, 0)
            self._running = False
        self._file.close()


def _opened(sent: bytes) -> Any:
    if not sent:
        raise RuntimeError("a process that the build had started ended without an answer")
    failure, answer = pickle.loads(sent)
    if failure is not None:
        raise failure
    return answer
