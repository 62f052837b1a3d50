"""The built shop as it runs: its own process, its own PostgreSQL, callers with tokens."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import pytest

from bdc.stack import start
from bdc.stack.backend import Backend, BackendSettings, free_port, migrate, serve
from bdc.stack.keys import development_keys
from bdc.stack.up import ISSUER, UpOptions, service_settings, up_state
from tests.support.shop import build_shop, shop

Client = httpx.Client


@dataclass(frozen=True)
class Shop:
    """A running shop. `client` gives a caller; without a name, nobody."""

    backend: Backend
    settings: BackendSettings
    out: Path
    client: Callable[..., Client]


class Starter:
    """Builds and migrates once; starts services beside each other over the same database."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self._stack = stack
        self._folder = folder
        self.out = build_shop(folder / "out")
        self.system = shop()[1]
        self.server = stack.enter_context(start())
        self.keys = development_keys(folder / "keys")
        self.settings = service_settings(self.system, self.server.superuser_url, self.keys, UpOptions())
        migrate(self.out, self.settings, seed=True)

    def start(self, **environment: str) -> Shop:
        """Start one more service with some settings of its own."""
        port = free_port()
        values = {**self.settings.environment, "LIMITS_RATE": "0", **environment}
        settings = replace(self.settings, port=port, environment=values)
        backend = self._stack.enter_context(serve(self.out, settings, self._folder / f"{port}.log"))
        return Shop(backend, settings, self.out, self._client_of(backend))

    def _client_of(self, backend: Backend) -> Callable[..., Client]:
        state = up_state(self.system, backend.url, self.keys)

        def client(actor: str = "", *roles: str) -> Client:
            headers = {}
            if actor:
                claims = {**state.actors[actor], str(state.roles_source): list(roles)}
                token = self.keys.mint(claims, issuer=ISSUER, audience=state.audience, lifetime=600)
                headers["authorization"] = f"Bearer {token}"
            return self._stack.enter_context(httpx.Client(base_url=backend.url, headers=headers, timeout=20))

        return client


@pytest.fixture(scope="session")
def starter(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Starter]:
    """Return what starts services of the shop."""
    with ExitStack() as stack:
        yield Starter(tmp_path_factory.mktemp("running"), stack)


@pytest.fixture(scope="session")
def running(starter: Starter) -> Shop:
    """Return the shop that most tests talk to."""
    return starter.start()


@pytest.fixture(scope="session")
def member(running: Shop) -> Client:
    """Ann of Acme, a member."""
    return running.client("acme.ann", "member")


@pytest.fixture(scope="session")
def manager(running: Shop) -> Client:
    """Ann of Acme, a manager."""
    return running.client("acme.ann", "manager")


@pytest.fixture(scope="session")
def stranger(running: Shop) -> Client:
    """Eve of Globex, a manager there."""
    return running.client("globex.eve", "manager")


@pytest.fixture(scope="session")
def nobody(running: Shop) -> Client:
    """A caller without credentials."""
    return running.client()
