"""The walkthrough of `examples/bank`, as it is written in its README; what customers are told, and what the audit trail says at its end."""

import base64
import re
import secrets
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bdc.stack.backend import backend_environment, free_port
from bdc.stack.up import Running, UpOptions, running
from bdc.stack.workspace import Workspace
from tests.relay.receiver import receiver
from tests.support.emitted import build, compiled
from tests.support.served import client_of
from tests.support.specs import ROOT
from tests.support.walkthrough import walk

pytestmark = [pytest.mark.postgres, pytest.mark.long]
SPEC = ROOT / "examples" / "bank"
README = SPEC / "README.md"


def test_the_walkthrough_holds(tmp_path: Path) -> None:
    system, out = compiled(SPEC)[1], build(SPEC, tmp_path / "out")
    options = UpOptions(port=free_port(), durable=False)
    workspace = Workspace(tmp_path)
    with running(system, out, workspace, options, lambda step, detail, seconds: None) as up:
        roles = {"TESS": "teller", "ANN": "customer", "BOB": "customer"}
        names = {name: up.token(f"people.{name.lower()}", role) for name, role in roles.items()}
        with httpx.Client(base_url=up.backend.url, timeout=30) as client:
            assert walk(README, client, names) > 8
        _payments_arrive(up)
        _customers_are_told(up)
        _the_trail_is_verified(up)


def _payments_arrive(up: Running) -> None:
    """The script of the README sends one payment; sent again, it is booked once."""
    if not all(shutil.which(tool) for tool in ("openssl", "curl", "base64", "od")):
        pytest.skip("the script of the README needs openssl and curl")
    script = re.search(r"```sh\n(.*?)```", README.read_text(encoding="utf-8"), re.DOTALL)
    assert script is not None
    for _ in range(2):
        done = subprocess.run(
            ["bash", "-c", f"URL={up.backend.url}\n{script[1]}"], capture_output=True, text=True, check=True
        )
        assert done.stdout.strip() == "204", done
    with client_of(up, "people.ann", "customer") as ann:
        _until(lambda: _balance(ann) == 319.5)
        time.sleep(0.5)
        assert _balance(ann) == 319.5


def _customers_are_told(up: Running) -> None:
    secret = f"whsec_{base64.b64encode(secrets.token_bytes(24)).decode()}"
    with receiver(secret) as endpoint, client_of(up, "people.ann", "customer") as ann:
        hook = ann.post("/v1/hooks", json={"url": endpoint.url, "secret": secret})
        assert hook.status_code == 201

        def told() -> bool:
            body = {"to_id": "DE00000002", "amount": "0.50", "reference": "again"}
            assert ann.post("/v1/accounts/DE00000001/transfer", json=body).status_code == 200
            time.sleep(0.5)
            return bool(endpoint.events)

        # Events from before the endpoint has proven that it is the caller's are not sent.
        _until(told)
        assert endpoint.events[0]["data"]["reference"] == "again"
        assert not endpoint.unsigned


def _the_trail_is_verified(up: Running) -> None:
    environment = backend_environment(up.settings) | {"MIGRATION_DATABASE_URL": up.settings.admin_url}
    subprocess.run(
        [sys.executable, "-m", "services.worker", "now", "SealAudit"], cwd=up.out, env=environment, check=True
    )

    def sealed() -> bool:
        done = subprocess.run(
            [sys.executable, "-m", "database.audit", "verify"],
            cwd=up.out,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return (
            re.search(r"^[1-9]\d* rows sealed, 0 deleted for their age", done.stdout, re.MULTILINE)
            is not None
        )

    _until(sealed)


def _balance(client: httpx.Client) -> float:
    return float(client.get("/v1/accounts/DE00000001").json()["balance"])


def _until(condition: Callable[[], bool], seconds: float = 30.0) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.1)
