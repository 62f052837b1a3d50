"""What typed clients are made of: one client of each service in a process, and its fake in development."""

from collections.abc import Awaitable, Callable, Mapping
from contextvars import ContextVar
from typing import Any

from services.external.engine.client import Client
from services.external.engine.declared import External, Operation
from services.external.engine.fake import Fake
from services.external.engine.settings import Configured, configured, is_faked

Caller = Callable[[External, Operation, Mapping[str, Any], str | None], Awaitable[Any]]
CALLER: ContextVar[Caller | None] = ContextVar("caller", default=None)
"""What makes the calls of a run of a job, which keeps their answers; None in requests."""
_FAKE = "http://fake.invalid"
_CLIENTS: dict[str, Client] = {}
_FAKES: dict[str, Fake] = {}


def client_of(external: External) -> Client:
    """Return the client of a service: the same one for all calls of this process, so that its breaker knows of them."""
    found = _CLIENTS.get(external.name)
    if found is None:
        found = _CLIENTS[external.name] = _made(external)
    return found


def _made(external: External) -> Client:
    if not is_faked():
        return Client(external, configured(external))
    secrets = {name: text.text or "fake" for name, text in external.secrets.items()}
    if external.auth == "oauth":
        # The fake takes what it is given: there is no token to ask for.
        return Client(_without_auth(external), Configured(_FAKE, {}), fake_of(external).transport)
    return Client(external, Configured(_FAKE, secrets), fake_of(external).transport)


def _without_auth(external: External) -> External:
    from dataclasses import replace

    return replace(external, auth="", secrets={})


def fake_of(external: External) -> Fake:
    """Return the fake of a service, for tests: what it was asked, and what it is to answer."""
    return _FAKES.setdefault(external.name, Fake(external))


class Service:
    """Operations of one service, typed by its subclass."""

    EXTERNAL: External

    async def _call(self, name: str, arguments: Mapping[str, Any], key: str | None = None) -> Any:
        operation = self.EXTERNAL.operation(name)
        written = {
            each.name: each.shape.dump(arguments[each.name])
            for each in operation.parameters
            if arguments.get(each.name) is not None
        }
        caller = CALLER.get()
        if caller is not None:
            return await caller(self.EXTERNAL, operation, written, key)
        return await client_of(self.EXTERNAL).call(operation, written, key)
