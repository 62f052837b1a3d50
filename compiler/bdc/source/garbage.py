"""How often garbage is looked for."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

# Objects between two looks. A build of 300 entities leaves 90 MiB of garbage, which a look after every 100,000 takes a tenth of the time to find.
_OBJECTS = 1_000_000


@contextmanager
def seldom_collected() -> Iterator[None]:
    """Look for garbage less often until the end: for a command that makes much and ends soon."""
    before = gc.get_threshold()
    gc.set_threshold(_OBJECTS, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)
