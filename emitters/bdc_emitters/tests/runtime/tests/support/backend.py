"""The backend under test: a migrated database, a running service, and tokens for it."""

import asyncio
import json
import os
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Coroutine, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from services.security.engine import api_keys

ROOT = Path(__file__).resolve().parents[2]
ISSUER = "development-tests"
KEY_ID = "development-tests"
Answer = TypeVar("Answer")


class Tokens:
    """Signs tokens with a key of this run; its public half is the JWKS that the service reads."""

    def __init__(self, folder: Path, audience: str) -> None:
        self.audience = audience
        self._key = ECKey.generate_key("P-256", {"kid": KEY_ID, "use": "sig", "alg": "ES256"})
        self.jwks = folder / "jwks.json"
        self.jwks.write_text(json.dumps({"keys": [self._key.as_dict(private=False)]}), encoding="utf-8")

    def mint(self, claims: dict[str, Any], *, lifetime: int = 3600, **more: Any) -> str:
        """Return a token with `claims`; `more` replaces standard members."""
        now = int(time.time())
        standard = {
            "iss": ISSUER,
            "aud": self.audience,
            "iat": now - 120,
            "nbf": now - 120,
            "exp": now + lifetime,
        }
        return jwt.encode(
            {"alg": "ES256", "kid": KEY_ID, "typ": "JWT"}, {**standard, **_subject(claims), **more}, self._key
        )


def _subject(claims: dict[str, Any]) -> dict[str, Any]:
    """Return `claims` as a token has them: its subject is a text, a number written out."""
    return claims | ({"sub": str(claims["sub"])} if isinstance(claims.get("sub"), int) else {})


class Database:
    """Blocking access for tests: one connection as the administrator, one as the runtime role. `environment`: the service's."""

    def __init__(self, admin_url: str, runtime_url: str, environment: dict[str, str]) -> None:
        self.environment = environment
        self.admin_url = admin_url
        self.runtime_url = runtime_url
        self._loop = asyncio.new_event_loop()
        self.admin: asyncpg.Connection[Any] = self.run(asyncpg.connect(admin_url))
        self.runtime: asyncpg.Connection[Any] = self.run(asyncpg.connect(runtime_url))

    def run(self, work: Coroutine[Any, Any, Answer]) -> Answer:
        return self._loop.run_until_complete(work)

    def close(self) -> None:
        for connection in (self.admin, self.runtime):
            self.run(connection.close())
        self._loop.close()


class Backend:
    """Everything a test needs. `log`: what the service writes."""

    def __init__(
        self,
        url: str,
        database: Database,
        tokens: Tokens,
        credential: str,
        graphql: str,
        log: Path,
        apis: dict[str, str] | None = None,
        others: dict[str, str] | None = None,
    ) -> None:
        self.url = url
        self.log = log
        self.database = database
        self.tokens = tokens
        self._credential = credential
        self._apis = apis or {}
        self._others = others or {}
        self._graphql = graphql
        self._keys: dict[str, str] = {}
        self.http = httpx.Client(base_url=url, timeout=30)

    def call(
        self,
        method: str,
        path: str,
        body: Any = None,
        claims: dict[str, Any] | None = None,
        *,
        credential: str | None = None,
        **headers: str,
    ) -> httpx.Response:
        """Make a call as the holder of a token with `claims` (None: without a token). `credential`: see `credentials`."""
        sent = {name.replace("_", "-"): value for name, value in headers.items()}
        if claims is not None:
            sent |= self.credentials(claims, self.kind_at(path) if credential is None else credential)
        return self.http.request(method, path, json=body, headers=sent)

    def graphql(
        self,
        query: str,
        variables: dict[str, Any],
        claims: dict[str, Any] | None = None,
        *,
        at: str | None = None,
        credential: str | None = None,
    ) -> Any:
        """Return the whole answer, parsed. `at`: the path of the endpoint, where there are several."""
        body = {"query": query, "variables": variables}
        return self.call("POST", at or self._graphql, body, claims, credential=credential).json()

    def kind_at(self, path: str) -> str:
        """Return what callers show at a path, where the apis of the service take different credentials."""
        found = [each for each in self._apis if path.startswith(f"{each.rstrip('/')}/") or path == each]
        return self._apis[max(found, key=len)] if found else self._credential

    def credentials(self, claims: dict[str, Any], kind: str | None = None) -> dict[str, str]:
        """Return the header that names a caller with `claims`: a token of this moment (`kind`: bearer), or an API key in the
        header `kind`; nothing where `kind` is empty. Callers of an identity that shows keys alone show one, whatever `kind` is. Without `kind`: what most of the service takes."""
        kind = self._credential if kind is None else kind
        kind = next((header for member, header in self._others.items() if member in claims), kind)
        if kind == "":
            return {}
        if kind == "bearer":
            return {"Authorization": f"Bearer {self.tokens.mint(claims)}"}
        name = json.dumps(claims, sort_keys=True)
        if name not in self._keys:
            self._keys[name] = self.database.run(api_keys.create(self.database.admin, claims, None))
        return {kind: self._keys[name]}


@contextmanager
def running_backend(scratch: Path, document: dict[str, Any], server: str | None = None) -> Iterator[Backend]:
    """Migrate a fresh database, start the service, and stop all of it at the end. `document`: the permission matrix; `server`: its
    superuser's URL, where the database shall be on a certain one."""
    with fresh_database(document["system"], server) as admin_url:
        tokens = Tokens(scratch, document["audience"])
        runtime_url = with_user(admin_url, f"{document['system']}_runtime")
        environment = service_environment(runtime_url, tokens)
        migrate(admin_url, environment)
        _prepare(admin_url)
        database = Database(admin_url, runtime_url, environment)
        log = scratch / "service.log"
        with served(environment, log) as url:
            usual, apis, others = document["credential"], document.get("apis"), document.get("others")
            yield Backend(url, database, tokens, usual, document["graphql"], log, apis, others)
        database.close()


@contextmanager
def fresh_database(system: str, server: str | None = None) -> Iterator[str]:
    """Yield the administrator's URL of an empty database: on `server`, on TEST_DATABASE_URL's, else on an embedded one."""
    given = server or os.environ.get("TEST_DATABASE_URL")
    if given:
        yield from _on_server(given, system)
        return
    from tests.support.server import start

    with start() as embedded:
        yield from _on_server(embedded.superuser_url, system)


def _on_server(url: str, system: str) -> Iterator[str]:
    name = f"{system}_test_{secrets.token_hex(4)}"
    asyncio.run(_execute(url, f'create database "{name}"'))
    yield urlunsplit(urlsplit(url)._replace(path=f"/{name}"))
    asyncio.run(_execute(url, f'drop database if exists "{name}" with (force)'))


def _prepare(admin_url: str) -> None:
    """Run the script that TEST_AFTER_MIGRATION names, as the administrator: these tests then try a database that was changed
    on purpose (row level security switched off, say)."""
    script = os.environ.get("TEST_AFTER_MIGRATION")
    if script:
        asyncio.run(_execute(admin_url, Path(script).read_text(encoding="utf-8")))


async def _execute(url: str, statement: str) -> None:
    connection = await asyncpg.connect(url)
    try:
        await connection.execute(statement)
    finally:
        await connection.close()


def with_user(url: str, user: str) -> str:
    """Return the URL as seen by another role (which needs no password on a test server)."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(netloc=f"{user}@{parts.netloc.rpartition('@')[2]}"))


def service_environment(runtime_url: str, tokens: Tokens) -> dict[str, str]:
    """Return the environment of the service: development, our keys, no rate limit."""
    return {
        **os.environ,
        "PYTHONPATH": str(ROOT),
        "PYTHONUTF8": "1",
        "ENVIRONMENT": "development",
        "DATABASE_URL": runtime_url,
        "LIMITS_RATE": os.environ.get("LIMITS_RATE", "0"),
        "TOKENS_ISSUER": ISSUER,
        "TOKENS_JWKS": str(tokens.jwks),
        "JWT_ISSUER": ISSUER,
        "JWKS_URL": str(tokens.jwks),
    }


def migrate(admin_url: str, environment: dict[str, str]) -> str:
    """Run the project's own migration command, seeds included; return what it said."""
    done = subprocess.run(
        [sys.executable, "-m", "database.migrate", "up", "--all", "--seed"],
        cwd=ROOT,
        env={**environment, "MIGRATION_DATABASE_URL": admin_url},
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@contextmanager
def served(environment: dict[str, str], log: Path) -> Iterator[str]:
    """Start the service on a free port and yield its URL."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [
        sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port),
        "--workers", "1", "--no-ws", "--log-level", "warning", "--backlog", "4096", "--backpressure", "16384",
        "--http1-header-read-timeout", "10000", "--http1-buffer-size", "65536", "api.app:app",
    ]  # fmt: skip
    with log.open("ab") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output)
    url = f"http://127.0.0.1:{port}"
    try:
        _wait_until_ready(url, process, log)
        yield url
    finally:
        process.terminate()
        process.wait(20)


def _wait_until_ready(url: str, process: "subprocess.Popen[bytes]", log: Path) -> None:
    for _ in range(300):
        assert process.poll() is None, log.read_text(encoding="utf-8", errors="replace")
        try:
            if httpx.get(f"{url}/readyz", timeout=2).status_code == 200:
                return
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise AssertionError(f"not ready: {log.read_text(encoding='utf-8', errors='replace')}")
