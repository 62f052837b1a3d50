"""From a specification to a running backend on this machine: the steps of `bdc up`, each announced before it begins.

The caller gives a `Report` (a function that shows one finished step), so that the terminal, the demo and the tests tell the
same story in their own way.
"""

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit, urlunsplit

from bdc.ir import Call, Expr, Literal, SystemIR
from bdc.query.refreshed import refreshed_views
from bdc.schema.extensions import own_extensions
from bdc.source.records import dataclass, replace
from bdc.stack.actors import known_claims, main_roles, other_callers, required_claims, seed_actors
from bdc.stack.backend import (
    Backend,
    BackendSettings,
    Child,
    keep_fresh,
    migrate,
    refuse_taken_port,
    relay,
    run_jobs,
    serve,
)
from bdc.stack.keys import DevelopmentKeys, development_keys
from bdc.stack.reach import StackError
from bdc.stack.server import start
from bdc.stack.stand_ins import stand_ins
from bdc.stack.workspace import UpState, Workspace
from bdc.surface.settings import has_external_issuer

if TYPE_CHECKING:
    from bdc.stack.warm import Warm

ISSUER = "bdc-development"
Report = Callable[[str, str, float], None]  # step, detail, seconds


@dataclass
class Running:
    """A backend that answers: the process, how to make tokens for it, and the database it stands on. `data`: the folder of that
    database, None where the server is not ours. `relay`: what delivers events, for a system that sends some."""

    backend: Backend
    state: UpState
    keys: DevelopmentKeys
    settings: BackendSettings
    data: Path | None
    out: Path
    serve: Callable[[], Backend]
    relay: Child | None = None
    start_relay: Callable[[], Child] | None = None
    worker: Child | None = None
    start_worker: Callable[[], Child] | None = None

    def restart(self, warm: "Warm | None" = None) -> None:
        """Stop the service and start it anew from what is on the disk. StackError when it does not start; it is stopped then. With `warm`
        the old one runs on until the code of the new one has been imported, and altogether where it cannot be."""
        if warm is None:
            self.backend.stop()
            self.backend = self.serve()
        else:
            old = self.backend
            self.backend = warm.serve(self.out, self.settings, old.log, stop_old=old.stop)
        self.relayed()
        self.worked()

    def worked(self) -> None:
        """Start what runs jobs, anew where it runs; nothing where what is on the disk has none."""
        self.end_worker()
        if self.start_worker is not None and (self.out / "services/worker").is_dir():
            self.worker = self.start_worker()

    def end_worker(self) -> None:
        """Stop what runs jobs."""
        if self.worker is not None:
            self.worker.stop()
            self.worker = None

    def relayed(self) -> None:
        """Start what delivers events, anew where it runs; nothing for a system that sends none."""
        if self.start_relay is not None:
            self.end_relay()
            self.relay = self.start_relay()

    def end_relay(self) -> None:
        """Stop what delivers events."""
        if self.relay is not None:
            self.relay.stop()

    def token(self, actor: str, *roles: str, lifetime: int = 3600) -> str:
        """Return a token for seed row `actor` (`seed.row`) with claim roles `roles`."""
        claims = dict(self.state.actors[actor])
        if self.state.roles_source:
            claims[self.state.roles_source] = list(roles)
        return self.keys.mint(
            claims, issuer=self.state.issuer, audience=self.state.audience, lifetime=lifetime
        )


@dataclass(frozen=True)
class UpOptions:
    """`database`: the URL of another PostgreSQL server (its user must be able to create roles); None: embedded.
    `durable`: keep the embedded data in the workspace; else it is thrown away at the end."""

    host: str = "127.0.0.1"
    port: int = 8000
    database: str | None = None
    durable: bool = True
    seed: bool = True
    workers: int = 1
    environment: tuple[tuple[str, str], ...] = ()


def _stand_ins(system: SystemIR) -> str:
    """Say for which extensions of the system the embedded server has a stand-in."""
    found = sorted(own_extensions(system) & stand_ins(computing=True))
    return f" with a stand-in for {' and '.join(found)}" if found else ""


@contextmanager
def running(
    system: SystemIR, out: Path, workspace: Workspace, options: UpOptions, report: Report
) -> Iterator[Running]:
    """Migrate and serve the backend in `out`; on leaving, stop everything that was started. Raises StackError."""
    refuse_taken_port(options.host, options.port)
    with ExitStack() as stack:
        begun = time.perf_counter()
        admin, data = _server(workspace, options, stack)
        report(
            "database",
            "PostgreSQL" if data is None else f"embedded PostgreSQL 18{_stand_ins(system)}",
            time.perf_counter() - begun,
        )

        keys = development_keys(workspace.keys)
        settings = service_settings(system, admin, keys, options)
        # Messages that no server was there for, told by the worker to the page that shows them.
        mails = {"MAIL_FOLDER": str((workspace.folder / "mails").resolve())}
        settings = replace(settings, environment={**settings.environment, **mails})
        begun = time.perf_counter()
        told = migrate(out, settings, seed=options.seed)
        report("migrate", _last_line(told), time.perf_counter() - begun)

        # Once the service answers, a token can be requested.
        own = settings.admin_url if data is not None else ""
        state = up_state(system, f"http://{options.host}:{options.port}", keys, own)
        workspace.save(state)
        begun = time.perf_counter()
        start_service = partial(serve, out, settings, workspace.folder / "service.log")
        up = Running(start_service(), state, keys, settings, data, out, start_service)
        stack.callback(lambda: up.backend.stop())
        report("serve", up.backend.url, time.perf_counter() - begun)
        if system.has_relay:
            up.start_relay = partial(relay, out, settings, workspace.folder / "relay.log")
            stack.callback(up.end_relay)
            up.relayed()
        views = {view.sql: view.seconds for view in refreshed_views(system)}
        if views:
            stack.enter_context(keep_fresh(out, settings, views, workspace.folder / "refresh.log"))
        up.start_worker = partial(run_jobs, out, settings, workspace.folder / "worker.log")
        stack.callback(lambda: up.end_worker())
        if system.jobs:
            up.worked()
            report("worker", f"{len(system.jobs)} jobs", 0.0)
        yield up


def up_state(system: SystemIR, url: str, keys: DevelopmentKeys, database: str = "") -> UpState:
    """Return what `bdc token` needs to know."""
    identity = system.identity
    roles_source = None
    if identity is not None:
        roles_source = next(
            (claim.source for claim in identity.claims if claim.name == identity.roles_claim), None
        )
    return UpState(
        system=system.name,
        url=url,
        issuer=_literal(identity.issuer if identity else None, ISSUER),
        audience=(identity.audience if identity and identity.audience else system.name),
        keys=str(keys.folder.resolve()),
        roles_source=roles_source,
        roles=main_roles(system),
        actors={actor.name: actor.claims for actor in seed_actors(system) if not actor.entity},
        claims=known_claims(system),
        required=required_claims(system),
        others=other_callers(system),
        key_header=(identity.key_header or "") if identity else "",
        database=database,
    )


def _server(workspace: Workspace, options: UpOptions, stack: ExitStack) -> tuple[str, Path | None]:
    """Return the URL of the server, for a user that may create roles, and the folder of its data where it is ours."""
    if options.database:
        return options.database, None
    workspace.folder.mkdir(parents=True, exist_ok=True)
    server = stack.enter_context(start(workspace.postgres if options.durable else None))
    return server.superuser_url, server.data_dir


async def _create_database(url: str, name: str) -> None:
    import asyncpg

    connection = await asyncpg.connect(url)
    try:
        if not await connection.fetchval("select true from pg_database where datname = $1", name):
            await connection.execute(f'create database "{name}"')
    finally:
        await connection.close()


def service_settings(
    system: SystemIR, server: str, keys: DevelopmentKeys, options: UpOptions
) -> BackendSettings:
    """Return how the backend is run against `server`; with our own server, in a database named like the system, which is
    made when missing."""
    admin = server
    if not options.database:
        asyncio.run(_create_database(server, system.name))
        admin = _on_database(server, system.name)
    parts = urlsplit(admin)
    place = parts.netloc.rpartition("@")[2]
    runtime = urlunsplit(parts._replace(netloc=f"{system.name}_runtime@{place}"))
    environment = {"ENVIRONMENT": "development", "JWKS_URL": str(keys.jwks.resolve())}
    if not has_external_issuer(system.identity):
        environment["JWT_ISSUER"] = ISSUER
    identity = system.identity
    if identity is not None:
        environment |= _env_value(identity.issuer, ISSUER) | _env_value(
            identity.jwks, str(keys.jwks.resolve())
        )
    return BackendSettings(
        admin_url=admin,
        runtime_url=runtime,
        environment=environment | dict(options.environment),
        host=options.host,
        port=options.port,
        workers=options.workers,
    )


def _env_value(expr: Expr | None, value: str) -> dict[str, str]:
    """`env("NAME")` in the spec becomes the variable NAME with our development value."""
    if isinstance(expr, Call) and expr.function == "env" and isinstance(expr.arguments[0], Literal):
        return {str(expr.arguments[0].value): value}
    return {}


def _literal(expr: Expr | None, default: str) -> str:
    return str(expr.value) if isinstance(expr, Literal) else default


def _on_database(url: str, name: str) -> str:
    return urlunsplit(urlsplit(url)._replace(path=f"/{name}"))


def _last_line(text: str) -> str:
    lines = [line for line in text.splitlines() if line.strip()]
    return lines[-1].strip() if lines else "done"


__all__ = ["Report", "Running", "StackError", "UpOptions", "running", "up_state"]
