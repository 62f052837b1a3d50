"""The image: built from the emitted Dockerfile without a registry, and started from it under all three environments.

Its base is made by mmdebstrap from Debian's packages, and tagged as the Dockerfile names it; `buildah --isolation chroot` builds and runs, which needs
neither a daemon nor namespaces.
"""

import asyncio
import json
import os
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from threading import Thread

import httpx

from tests.drills.stage import (
    DEBIAN,
    ISSUER,
    STARTER,
    Issuer,
    NotRun,
    Service,
    Traffic,
    built,
    component,
    execute,
    libraries,
    postgres,
)

BASE = "docker.io/library/python:3.11-slim-bookworm"
PACKAGES = "python3,python3-venv,python-is-python3,ca-certificates"
ENVIRONMENTS = ("development", "staging", "production")
KEPT = DEBIAN.parent / "image-base.tar"
Say = Callable[[str], None]


async def image(folder: Path, say: Say) -> None:
    """The image holds what the Dockerfile says, migrates, serves as a user without rights, and stops when it is asked to."""
    if os.geteuid() != 0:
        raise NotRun("buildah with `--isolation chroot` needs the rights of root here")
    tool = Buildah(folder)
    out, issuer = built(STARTER, folder / "out"), Issuer(folder / "jwks.json")
    await asyncio.to_thread(tool.base, say)
    began = time.monotonic()
    await asyncio.to_thread(tool.build, out)
    say(f"built in {time.monotonic() - began:.0f} s; {tool.size('starter') / 2**20:.0f} MiB")
    with postgres(folder / "database") as server, _https(folder) as (address, authority):
        await execute(server.superuser_url, "create database starter")
        admin, runtime = server.url("postgres", "starter"), server.url("starter_runtime", "starter")
        migrating = {"ENVIRONMENT": "development", "MIGRATION_DATABASE_URL": admin}
        await asyncio.to_thread(tool.migrate, migrating)
        say("migrated by the image")
        await issuer.know(admin)
        for name in ENVIRONMENTS:
            environment = {
                "ENVIRONMENT": name,
                "DATABASE_URL": runtime,
                "LIMITS_RATE": "0",
                "CURSOR_KEY": "k" * 32,
            }
            keys = str(tool.keys) if name == "development" else f"{address}/jwks.json"
            # A name of development is refused elsewhere.
            signer = ISSUER if name == "development" else "https://login.example.com/"
            issuer.claims["iss"] = signer
            environment |= {"JWT_ISSUER": signer, "JWKS_URL": keys, "SSL_CERT_FILE": authority}
            await _boots(tool, environment, issuer, folder, name, say)


async def _boots(
    tool: "Buildah", environment: dict[str, str], issuer: Issuer, folder: Path, name: str, say: Say
) -> None:
    began = time.monotonic()
    service = await asyncio.to_thread(tool.serve, environment, folder / f"{name}.log")
    ready = time.monotonic() - began
    traffic = Traffic(issuer.token, [service])
    await traffic.until(100)
    traffic.require_none_failed()
    users = tool.users_of(service)
    assert users == {"10001"}, f"the service runs as {users}"
    stopped = await asyncio.to_thread(service.stop)
    say(f"{name}: ready after {ready:.1f} s as user 10001, {traffic.numbers()}; ended in {stopped:.1f} s")


class Buildah:
    """buildah with a store, settings and wheels of its own below `folder`."""

    def __init__(self, folder: Path) -> None:
        self._program = _with_libraries(component("buildah"), folder)
        self._bootstrap = component("mmdebstrap")
        self._folder = folder
        self._number = 0
        self._policy = folder / "policy.json"
        self._policy.write_text(
            json.dumps({"default": [{"type": "insecureAcceptAnything"}]}), encoding="utf-8"
        )
        self._registries = folder / "registries.conf"
        self._registries.write_text('unqualified-search-registries = ["docker.io"]\n', encoding="utf-8")
        self.keys = folder / "jwks.json"

    def run(self, *arguments: str, timeout: float = 900) -> str:
        """Run a command of buildah; return what it prints. RuntimeError with what it says."""
        done = subprocess.run(
            self._command(*arguments),
            env=self._environment(),
            capture_output=True,
            text=True,
            check=False,
            timeout=timeout,
        )
        if done.returncode != 0:
            raise RuntimeError(
                f"buildah {' '.join(arguments[:3])}: {done.stdout[-2000:]}{done.stderr[-3000:]}"
            )
        return done.stdout.strip()

    def _command(self, *arguments: str) -> list[str]:
        store = [
            "--root",
            str(self._folder / "store"),
            "--runroot",
            str(self._folder / "run"),
            "--storage-driver",
            "vfs",
        ]
        return [self._program, *store, *arguments]

    def _environment(self) -> dict[str, str]:
        return {
            **os.environ, **libraries(), "BUILDAH_ISOLATION": "chroot", "CONTAINERS_REGISTRIES_CONF": str(self._registries),
            "TMPDIR": str(self._folder), "_CONTAINERS_USERNS_CONFIGURED": "",
        }  # fmt: skip

    def base(self, say: Say) -> None:
        """Make the base from packages of Debian, and tag it as the Dockerfile names it."""
        if not KEPT.exists():
            began = time.monotonic()
            part = KEPT.with_suffix(".part.tar")
            command = [
                self._bootstrap,
                "--mode=root",
                "--variant=minbase",
                f"--include={PACKAGES}",
                "bookworm",
                str(part),
            ]
            done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=900)
            if done.returncode != 0:
                raise NotRun(f"mmdebstrap: {done.stderr.strip().splitlines()[-1:]}")
            part.rename(KEPT)
            say(f"base made by mmdebstrap in {time.monotonic() - began:.0f} s")
        container = self.run("from", "scratch")
        self.run("add", "--quiet", container, str(KEPT), "/")
        self.run(
            "config", "--env", "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", container
        )
        self.run("commit", "--quiet", "--rm", "--signature-policy", str(self._policy), container, BASE)

    def build(self, out: Path) -> None:
        """Build the Dockerfile as it is. What pip would download is fetched before, by the same lock with its hashes."""
        wheels = self._folder / "wheels"
        command = [
            sys.executable,
            "-m",
            "pip",
            "download",
            "--quiet",
            "--require-hashes",
            "--only-binary=:all:",
        ]
        fetched = subprocess.run(
            [*command, "-r", str(out / "requirements.lock"), "-d", str(wheels)],
            capture_output=True,
            text=True,
            check=False,
        )
        if fetched.returncode != 0:
            raise NotRun(
                f"the wheels of the lock cannot be downloaded: {fetched.stderr.strip().splitlines()[-1:]}"
            )
        (self._folder / "pip.conf").write_text(
            "[global]\nno-index = true\nfind-links = /wheels\n", encoding="utf-8"
        )
        self.run(
            "build", "--pull=never", "--quiet", "--signature-policy", str(self._policy), "--format", "docker",
            "--volume", f"{wheels}:/wheels:ro", "--volume", f"{self._folder}/pip.conf:/etc/pip.conf:ro",
            "-f", str(out / "infrastructure/docker/Dockerfile"), "-t", "starter", str(out),
        )  # fmt: skip

    def size(self, name: str) -> float:
        """Return the bytes of an image."""
        found = json.loads(self.run("images", "--json", name))
        text = str(found[0]["size"])
        number, unit = text.split()
        return float(number) * {"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9}[unit.upper()]

    def migrate(self, environment: dict[str, str]) -> None:
        """Migrate with the program that the image has."""
        command = self._started(environment, ["python", "-m", "database.migrate", "up", "--all", "--seed"])
        done = subprocess.run(
            command, env=self._environment(), capture_output=True, text=True, check=False, timeout=300
        )
        assert done.returncode == 0, done.stdout + done.stderr

    def serve(self, environment: dict[str, str], log: Path) -> Service:
        """Start the image by its own entrypoint, on a free port; return when it is ready."""
        declared = json.loads(self.run("inspect", "--type", "image", "starter"))["OCIv1"]["config"]
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        entrypoint = [str(port) if part == "8080" else part for part in declared["Entrypoint"]]
        assert str(port) in entrypoint and declared["User"] == "10001:10001", declared
        with log.open("ab") as output:
            process = subprocess.Popen(
                self._started(environment, entrypoint),
                env=self._environment(),
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        service = Service(f"http://127.0.0.1:{port}", process, log)
        for _ in range(600):
            if process.poll() is not None:
                raise RuntimeError(log.read_text(encoding="utf-8"))
            try:
                if httpx.get(f"{service.url}/readyz", timeout=2).status_code == 200:
                    return service
            except httpx.HTTPError:
                pass
            time.sleep(0.1)
        service.kill()
        raise RuntimeError(f"not ready: {log.read_text(encoding='utf-8')}")

    def _started(self, environment: dict[str, str], command: list[str]) -> list[str]:
        container = self.run("from", "--pull-never", "--signature-policy", str(self._policy), "starter")
        variables = [part for name, value in environment.items() for part in ("--env", f"{name}={value}")]
        mounts = ["--volume", f"{self._folder}:{self._folder}:ro"]
        return self._command("run", "--isolation", "chroot", *variables, *mounts, container, "--", *command)

    def users_of(self, service: Service) -> set[str]:
        """Return the users that listen on the port of a service."""
        port = f":{int(service.url.rsplit(':', 1)[1]):04X}"
        lines = Path("/proc/net/tcp").read_text(encoding="utf-8").splitlines()[1:]
        return {
            line.split()[7] for line in lines if line.split()[1].endswith(port) and line.split()[3] == "0A"
        }


def _with_libraries(program: str, folder: Path) -> str:
    """Return the program, or a copy that finds unpacked libraries by itself: what it starts in a root of its own has no environment."""
    folders = libraries().get("LD_LIBRARY_PATH")
    if folders is None:
        return program
    copy = folder / "buildah"
    command = [component("patchelf"), "--set-rpath", folders, "--output", str(copy), program]
    done = subprocess.run(
        command, env={**os.environ, **libraries()}, capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise NotRun(f"patchelf: {done.stderr.strip()}")
    copy.chmod(0o755)
    return str(copy)


@contextmanager
def _https(folder: Path) -> Iterator[tuple[str, str]]:
    """Serve the public keys as an identity provider does; yield the address, and the file of the authority that vouches for it."""
    certificate, key = _certificate(folder)
    site = folder / "site"
    site.mkdir()
    (site / "jwks.json").symlink_to(folder / "jwks.json")
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(_Quiet, directory=str(site)))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"https://127.0.0.1:{server.server_port}", str(certificate)
    finally:
        server.shutdown()


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def _certificate(folder: Path) -> tuple[Path, Path]:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "drill")])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
        .serial_number(x509.random_serial_number()).not_valid_before(now - timedelta(hours=1)).not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )  # fmt: skip
    files = folder / "server.crt", folder / "server.key"
    files[0].write_bytes(made.public_bytes(serialization.Encoding.PEM))
    plain = serialization.NoEncryption()
    files[1].write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
    )
    return files
