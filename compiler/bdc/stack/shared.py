"""One throw-away server for all that a command asks of one."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from bdc.stack.server import Server, start
from bdc.stack.template import prepare_temporary


class _Holder:
    """Keeps the server from its first use to the end of the command."""

    def __init__(self) -> None:
        self.server: Server | None = None


_HOLDER: ContextVar[_Holder | None] = ContextVar("holder", default=None)


@contextmanager
def sharing() -> Iterator[None]:
    """Let all that asks for `shared_server` inside have the same one. None is started before one is asked for."""
    holder = _Holder()
    token = _HOLDER.set(holder)
    try:
        yield
    finally:
        _HOLDER.reset(token)
        if holder.server is not None:
            holder.server.stop()


@contextmanager
def shared_server() -> Iterator[Server]:
    """Yield the server of `sharing`, or one that lives as long as this call. Raises StackError."""
    holder = _HOLDER.get()
    if holder is None:
        with start(made_by=prepare_temporary) as server:
            yield server
        return
    if holder.server is None:
        holder.server = start(made_by=prepare_temporary)
    yield holder.server
