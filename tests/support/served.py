"""A system of `tests/systems`, built, migrated, seeded and served for a module of tests."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx

from bdc.stack.backend import free_port
from bdc.stack.up import Running, UpOptions, running
from bdc.stack.workspace import Workspace
from tests.support.emitted import build, compiled

SYSTEMS = Path(__file__).parents[1] / "systems"


@contextmanager
def served(name: str, folder: Path, **environment: str) -> Iterator[Running]:
    """Serve system `name`, without limits of requests; what it writes goes to `folder`."""
    with served_from(SYSTEMS / name, folder, **environment) as found:
        yield found


@contextmanager
def served_from(specification: Path, folder: Path, **environment: str) -> Iterator[Running]:
    """Serve a specification, wherever it is."""
    out = build(specification, folder / "out")
    options = UpOptions(
        port=free_port(), durable=False, environment=(("LIMITS_RATE", "0"), *environment.items())
    )
    system = compiled(specification)[1]
    with running(system, out, Workspace(folder), options, lambda step, detail, seconds: None) as found:
        yield found


def client_of(up: Running, actor: str, *roles: str) -> httpx.Client:
    """Return a client whose requests carry the token of a seed row."""
    headers = {"Authorization": f"Bearer {up.token(actor, *roles)}"}
    return httpx.Client(base_url=up.backend.url, headers=headers, timeout=30)
