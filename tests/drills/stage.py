"""What drills stand on: components, servers with settings of their own, a service, an issuer, and traffic that is counted."""

import asyncio
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from runpy import run_path
from typing import Any

import asyncpg
import httpx
from joserfc import jwt
from joserfc.jwk import ECKey

from bdc.cli.commands.build import build
from bdc.cli.compile import compile_or_exit
from bdc.stack.server import Server, start
from tests.support.specs import ROOT

STARTER = ROOT / "specs" / "bdc_specs" / "starter"
DEBIAN = ROOT / ".tools" / "debian"
ISSUER = "development-drills"
_TRANSPORT = ROOT / "emitters/bdc_emitters/tests/runtime/tests/performance/transport.py"


class NotRun(Exception):
    """A component is missing; the message says which, and why it cannot be installed."""


def component(program: str, package: str = "") -> str:
    """Return a program of Debian: the installed one, else one unpacked from its packages below `.tools`. Raises NotRun."""
    places = [DEBIAN / "usr" / part for part in ("bin", "sbin")]
    path = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", *map(str, places)])
    found = shutil.which(program, path=path)
    if found is None:
        _unpack(package or program)
        found = shutil.which(program, path=path)
    if found is None:
        raise NotRun(f"{program} is not installed, and its package could not be unpacked")
    return found


def _unpack(package: str) -> None:
    """Download a package with what it depends on, and unpack all of it: nothing is installed into the machine."""
    archives = DEBIAN / "archives"
    (archives / "partial").mkdir(parents=True, exist_ok=True)
    command = [
        "apt-get",
        "install",
        "--yes",
        "--no-install-recommends",
        "--download-only",
        "-o",
        f"Dir::Cache::archives={archives}",
        package,
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    except (OSError, subprocess.TimeoutExpired) as failure:
        raise NotRun(f"{package}: {failure}") from failure
    if done.returncode != 0:
        raise NotRun(f"{package} cannot be downloaded: {done.stderr.strip().splitlines()[-1:]}")
    for archive in archives.glob("*.deb"):
        subprocess.run(["dpkg", "-x", str(archive), str(DEBIAN)], check=True)


def libraries() -> dict[str, str]:
    """Return the environment that lets unpacked programs find unpacked libraries."""
    found = (
        sorted({str(path.parent) for path in (DEBIAN / "usr/lib").rglob("*.so*")}) if DEBIAN.exists() else []
    )
    return {"LD_LIBRARY_PATH": os.pathsep.join(found)} if found else {}


@contextmanager
def postgres(folder: Path, **settings: str) -> Iterator[Server]:
    """Start a server that syncs to disk, with these settings."""
    if settings and not (folder / "PG_VERSION").exists():
        start(folder, durable=True).stop()
        with (folder / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.writelines(f"{name} = '{value}'\n" for name, value in settings.items())
    with start(folder, durable=True) as server:
        yield server


async def execute(url: str, *statements: str) -> None:
    """Run statements, each for itself."""
    connection = await asyncpg.connect(url)
    try:
        for statement in statements:
            await connection.execute(statement)
    finally:
        await connection.close()


async def value(url: str, statement: str, *arguments: Any) -> Any:
    """Return the first value of a statement."""
    connection = await asyncpg.connect(url)
    try:
        return await connection.fetchval(statement, *arguments)
    finally:
        await connection.close()


def built(spec: Path, out: Path) -> Path:
    """Build a specification, and return the output."""
    build(*compile_or_exit(spec, "human"), out)
    return out


def migrate(out: Path, url: str, *arguments: str) -> str:
    """Run the output's own migration command."""
    done = subprocess.run(
        [sys.executable, "-m", "database.migrate", *arguments],
        cwd=out,
        env={"PATH": os.environ["PATH"], "ENVIRONMENT": "development", "MIGRATION_DATABASE_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout


class Issuer:
    """Signs tokens, and publishes the public halves of its keys as a file."""

    def __init__(self, file: Path) -> None:
        self.file = file
        self.keys: list[ECKey] = []
        self.signing = 0
        self.claims: dict[str, Any] = {}
        self.add()

    def add(self) -> None:
        """Publish one more key; it signs nothing yet."""
        name = f"key-{len(self.keys)}"
        self.keys.append(ECKey.generate_key("P-256", {"kid": name, "use": "sig", "alg": "ES256"}))
        self.publish(self.keys)

    def publish(self, keys: list[ECKey]) -> None:
        """Write the set of keys."""
        text = json.dumps({"keys": [key.as_dict(private=False) for key in keys]})
        self.file.write_text(text, encoding="utf-8")

    def token(self) -> str:
        """Return a token of this moment."""
        key, now = self.keys[self.signing], int(time.time())
        head = {"alg": "ES256", "kid": f"key-{self.signing}", "typ": "JWT"}
        body = {"iss": ISSUER, "aud": "starter", "iat": now, "nbf": now - 5, "exp": now + 600, **self.claims}
        return jwt.encode(head, body, key)

    async def know(self, url: str) -> None:
        """Let tokens be those of a person in the database."""
        connection = await asyncpg.connect(url)
        row = await connection.fetchrow("select id, team_id from person order by name limit 1")
        await connection.close()
        assert row is not None
        self.claims = {"sub": str(row["id"]), "team": str(row["team_id"]), "roles": ["member", "lead"]}


@dataclass
class Service:
    """A running service. `body`: what creates a task in its version."""

    url: str
    process: "subprocess.Popen[bytes]"
    log: Path
    body: dict[str, Any] = field(default_factory=dict)

    def stop(self) -> float:
        """Ask it to end, and return how many seconds that took."""
        began = time.monotonic()
        self.process.terminate()
        self.process.wait(60)
        return time.monotonic() - began

    def kill(self) -> None:
        """Kill it with all its workers, as the loss of a node does."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait(20)


RUNNING: list[Service] = []


def end_all() -> None:
    """Kill the services that a drill has left behind."""
    while RUNNING:
        service = RUNNING.pop()
        if service.process.poll() is None:
            service.kill()


def serve(out: Path, database: str, issuer: Issuer, log: Path, **settings: str) -> Service:
    """Start the service of an output, and return when it is ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    environment = {
        "PATH": os.environ["PATH"], "ENVIRONMENT": "development", "DATABASE_URL": database, "LIMITS_RATE": "0",
        "TOKENS_ISSUER": ISSUER, "TOKENS_JWKS": str(issuer.file), "JWT_ISSUER": ISSUER, "JWKS_URL": str(issuer.file), **settings,
    }  # fmt: skip
    with log.open("ab") as output:
        command = [sys.executable, "-m", "api.serve", "--port", str(port)]
        process = subprocess.Popen(
            command, cwd=out, env=environment, stdout=output, stderr=output, start_new_session=True
        )
    service = Service(f"http://127.0.0.1:{port}", process, log)
    RUNNING.append(service)
    for _ in range(600):
        if process.poll() is not None:
            raise RuntimeError(log.read_text(encoding="utf-8"))
        try:
            if httpx.get(f"{service.url}/readyz", timeout=2).status_code == 200:
                return service
        except httpx.HTTPError:
            pass
        time.sleep(0.1)
    raise RuntimeError(f"not ready: {log.read_text(encoding='utf-8')}")


@dataclass
class Traffic:
    """Callers that create tasks and read them back, each at the next of `targets`. `kept`: keys of the tasks that were acknowledged."""

    token: Callable[[], str]
    targets: list[Service]
    kept: list[str] = field(default_factory=list)
    times: list[float] = field(default_factory=list)
    failed: Counter[str] = field(default_factory=Counter)
    most: int = 10**9
    _clients: dict[str, httpx.AsyncClient] = field(default_factory=dict)

    async def _send(self, service: Service, method: str, path: str, body: Any = None) -> Any:
        began = time.perf_counter()
        client = self._clients.get(service.url)
        if client is None:
            transport = run_path(str(_TRANSPORT))["Transport"]()
            client = self._clients[service.url] = httpx.AsyncClient(base_url=service.url, transport=transport)
        try:
            answer = await client.request(
                method, path, json=body, headers={"authorization": f"Bearer {self.token()}"}
            )
        except httpx.HTTPError as error:
            self.failed[f"{method} {type(error).__name__}"] += 1
            return None
        self.times.append(time.perf_counter() - began)
        if answer.status_code >= 400:
            self.failed[f"{method} {answer.status_code} {answer.json().get('detail', '')}"] += 1
            return None
        return answer.json()

    async def _caller(self, number: int) -> None:
        count = 0
        while len(self.kept) < self.most:
            count += 1
            service = self.targets[count % len(self.targets)]
            body = {"title": f"task {number}-{count}", **service.body}
            made = await self._send(service, "POST", "/v1/tasks", body)
            if made is not None:
                self.kept.append(made["id"])
                if count % 4 == 0:
                    await self._send(service, "GET", f"/v1/tasks/{made['id']}")

    async def until(self, most: int, callers: int = 8) -> None:
        """Go on until so many tasks were acknowledged."""
        self.most = most
        await asyncio.gather(*(self._caller(number) for number in range(callers)))

    @asynccontextmanager
    async def going_on(self, callers: int = 4) -> AsyncIterator[None]:
        """Go on while the block runs."""
        tasks = [asyncio.create_task(self._caller(number)) for number in range(callers)]
        try:
            yield
        finally:
            self.most = 0
            await asyncio.gather(*tasks)

    def numbers(self) -> str:
        """Return what was measured, as text."""
        ordered = sorted(self.times) or [0.0]
        p99 = ordered[int(len(ordered) * 0.99)] * 1000
        return f"{len(self.times)} requests, {sum(self.failed.values())} failed {dict(self.failed)}, p99 {p99:.0f} ms, longest {ordered[-1] * 1000:.0f} ms"

    def require_none_failed(self) -> None:
        """Raise AssertionError when a request failed."""
        assert self.times and not self.failed, self.numbers()
