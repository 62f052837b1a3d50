"""One throw-away server for all that a command asks of one."""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from contextvars import ContextVar

from bdc.stack.reach import StackError
from bdc.stack.server import Server, start
from bdc.stack.template import prepare_temporary


class _Holder:
    """Keeps the server from its first use to the end of the command."""

    def __init__(self, ahead: "Future[Server] | None") -> None:
        self._ahead = ahead
        self._server: Server | None = None

    def server(self) -> Server:
        """Return the server; StackError when there is none."""
        if self._server is None:
            self._server = self._ahead.result() if self._ahead is not None else _started()
        return self._server

    def stop(self) -> None:
        if self._ahead is not None:
            with suppress(StackError, OSError):
                self.server()
        if self._server is not None:
            self._server.stop()


def _started() -> Server:
    return start(made_by=prepare_temporary)


_HOLDER: ContextVar[_Holder | None] = ContextVar("holder", default=None)


@contextmanager
def sharing(*, ahead: bool = False) -> Iterator[None]:
    """Let all that asks for `shared_server` inside have the same one. `ahead`: it starts at once, beside what is done until one is
    asked for; else none is started before. Inside another one, that one's."""
    if _HOLDER.get() is not None:
        yield
        return
    with ThreadPoolExecutor(1) as pool:
        holder = _Holder(pool.submit(_started) if ahead else None)
        token = _HOLDER.set(holder)
        try:
            yield
        finally:
            _HOLDER.reset(token)
            holder.stop()


@contextmanager
def shared_server() -> Iterator[Server]:
    """Yield the server of `sharing`, or one that lives as long as this call. Raises StackError."""
    holder = _HOLDER.get()
    if holder is None:
        with _started() as server:
            yield server
        return
    yield holder.server()
