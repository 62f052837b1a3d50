"""The emitted client shows a certificate to a real TLS server that asks for one: accepted, refused, replaced, and a server that is another."""

import json
import os
import ssl
import subprocess
import sys
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from tests.support.emitted import build

SPEC = """bds 1
module bank

entity Clerk {
  id: uuid = uuid7() @id
}

external Bank at env("BANK_URL") {
  retry: 0
  auth mtls { certificate: env("BANK_CERTIFICATE")  key: env("BANK_KEY")  ca: env("BANK_CA") }
  op pay(amount: int) -> int @http(POST, "/pay")
}

identity Clerk {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "bank"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}

role clerk

policy Clerk { allow read, pay to clerk }

job Pay(amount: int) { call Bank.pay(amount: amount) }

api Main v1 {
  auth bearer
  resource Clerk {
    ops list
    op pay(amount: int) { enqueue Pay(amount: amount) }
  }
}
"""
# Each line that comes in names the files to put in place first; the answer is what a call then said.
CALLS = """
import asyncio, json, os, shutil, sys
from services.external.clients import EXTERNALS
from services.external.engine import client as module
from services.external.engine.errors import ExternalError
from services.external.engine.service import client_of
from services.external.engine.settings import refusals
module._LOOK_AGAIN = 0.0

async def main():
    bank = EXTERNALS["Bank"]
    print(json.dumps(refusals([bank], os.environ)), flush=True)
    for line in sys.stdin:
        for source, target in json.loads(line):
            shutil.copy(source, target)
        try:
            print(json.dumps(await client_of(bank).call(bank.operation("pay"), {"amount": 5})), flush=True)
        except ExternalError as error:
            print(json.dumps(error.reason), flush=True)

asyncio.run(main())
"""


class Authority:
    """An authority that certifies servers and callers."""

    def __init__(self, folder: Path, name: str) -> None:
        self.folder, self.name = folder, name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.certificate = self._signed(name, self.key.public_key(), x509.BasicConstraints(True, None))
        self.file = folder / f"{name}.crt"
        self.file.write_bytes(self.certificate.public_bytes(Encoding.PEM))

    def pair(self, name: str) -> tuple[Path, Path]:
        """Return the files of a certificate for `name` and of its key."""
        key = ec.generate_private_key(ec.SECP256R1())
        certificate = self._signed(name, key.public_key(), x509.BasicConstraints(False, None))
        files = self.folder / f"{self.name}-{name}.crt", self.folder / f"{self.name}-{name}.key"
        files[0].write_bytes(certificate.public_bytes(Encoding.PEM))
        files[1].write_bytes(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
        return files

    def _signed(self, name: str, key: Any, kind: x509.BasicConstraints) -> x509.Certificate:
        now = datetime.now(UTC)
        called = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        by = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, self.name)])
        built = x509.CertificateBuilder(by, called, key, x509.random_serial_number())
        built = built.not_valid_before(now - timedelta(days=1)).not_valid_after(now + timedelta(days=1))
        names = x509.SubjectAlternativeName([x509.DNSName("localhost")])
        built = built.add_extension(kind, critical=True).add_extension(names, critical=False)
        identifier = x509.AuthorityKeyIdentifier.from_issuer_public_key(self.key.public_key())
        built = built.add_extension(identifier, critical=False)
        own = x509.SubjectKeyIdentifier.from_public_key(key)
        return built.add_extension(own, critical=False).sign(self.key, hashes.SHA256())


class Bank:
    """A server that asks its callers for a certificate of one authority, and keeps who called."""

    def __init__(self, pair: tuple[Path, Path], callers: Authority) -> None:
        self.callers: list[str] = []
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                self.rfile.read(int(self.headers["content-length"]))
                connection = self.connection
                assert isinstance(connection, ssl.SSLSocket)
                subject: Any = (connection.getpeercert() or {})["subject"]
                outer.callers.append(subject[0][0][1])
                self.send_response(200)
                self.send_header("content-length", "1")
                self.end_headers()
                self.wfile.write(b"7")

            def log_message(self, format: str, *args: Any) -> None:
                pass

        security = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=callers.file)
        security.load_cert_chain(*pair)
        security.verify_mode = ssl.CERT_REQUIRED
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.server.socket = security.wrap_socket(self.server.socket, server_side=True)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"https://localhost:{self.server.server_port}"


class Caller:
    """The emitted client in a process of its own."""

    def __init__(self, out: Path, url: str, pair: tuple[Path, Path], authority: Authority) -> None:
        self.place = out.parent / "shown.crt", out.parent / "shown.key"
        for source, target in zip(pair, self.place, strict=True):
            target.write_bytes(source.read_bytes())
        environment = {
            "PATH": os.environ["PATH"],
            "EXTERNAL_SERVICES": "real",
            "BANK_URL": url,
            "BANK_CERTIFICATE_FILE": str(self.place[0]),
            "BANK_KEY_FILE": str(self.place[1]),
            "BANK_CA_FILE": str(authority.file),
        }
        self.process = subprocess.Popen(
            [sys.executable, "-c", CALLS],
            cwd=out,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.refusals: list[str] = json.loads(self.process.stdout.readline())

    def pay(self, shown: tuple[Path, Path] | None = None) -> Any:
        """Put a certificate in place, call, and return what came of it."""
        assert self.process.stdin is not None and self.process.stdout is not None
        pairs = [
            (str(one), str(other))
            for one, other in zip(shown or self.place, self.place, strict=True)
            if shown
        ]
        self.process.stdin.write(json.dumps(pairs) + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self) -> None:
        assert self.process.stdin is not None
        self.process.stdin.close()
        assert self.process.wait(10) == 0


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("bank")
    (folder / "bank").mkdir()
    (folder / "bank" / "bank.bds").write_text(SPEC, encoding="utf-8")
    yield build(folder / "bank", folder / "out")


def test_a_certificate_is_shown_and_replaced_without_a_restart(out: Path, tmp_path: Path) -> None:
    ours, others = Authority(tmp_path, "ours"), Authority(tmp_path, "others")
    bank = Bank(ours.pair("bank"), ours)
    caller = Caller(out, bank.url, ours.pair("first"), ours)
    assert caller.refusals == []
    assert caller.pay() == 7
    assert caller.pay(others.pair("stranger")) == "unreachable"
    assert caller.pay(ours.pair("second")) == 7
    assert bank.callers == ["first", "second"]
    # Half of a replacement: what was good before is still shown.
    assert caller.pay((ours.pair("third")[0], ours.pair("fourth")[1])) == 7
    assert bank.callers == ["first", "second", "second"]
    caller.end()


def test_a_server_of_another_authority_gets_nothing(out: Path, tmp_path: Path) -> None:
    ours, others = Authority(tmp_path, "ours"), Authority(tmp_path, "others")
    bank = Bank(others.pair("bank"), ours)
    caller = Caller(out, bank.url, ours.pair("first"), ours)
    assert caller.pay() == "unreachable"
    assert bank.callers == []
    caller.end()


def test_what_cannot_be_shown_is_said_at_the_start(out: Path, tmp_path: Path) -> None:
    ours = Authority(tmp_path, "ours")
    unfit = (ours.pair("first")[0], ours.pair("second")[1])
    caller = Caller(out, "http://localhost:1", unfit, ours)
    said = "\n".join(caller.refusals)
    assert "BANK_URL: expected https" in said
    assert "BANK_CERTIFICATE and BANK_KEY and BANK_CA: expected a certificate and its key" in said
    caller.end()
