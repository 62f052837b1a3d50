"""Two calls at once, where there are two processors: one here, one in a forked process."""

import gc
import os
import pickle
from collections.abc import Callable
from typing import TypeVar

# Below this many entities a second process costs more than it saves.
WORTH_A_PROCESS = 20

Here = TypeVar("Here")
There = TypeVar("There")


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
    if not sent:
        raise RuntimeError("a process that the build had started ended without an answer")
    failure, answer = pickle.loads(sent)
    if failure is not None:
        raise failure
    return found, answer


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
