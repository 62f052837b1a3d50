"""`python -m api.statement` shows what the service runs."""

import subprocess
import sys
from pathlib import Path


def shown(built: Path, *arguments: str) -> tuple[int, str]:
    command = [sys.executable, "-m", "api.statement", *arguments]
    done = subprocess.run(command, cwd=built, capture_output=True, text=True, check=False)
    return done.returncode, done.stdout or done.stderr


def test_the_statement_of_a_route_is_found_in_two_steps(built: Path) -> None:
    from services.data import resources
    from services.data.engine import reads
    from services.data.statements import FRAGMENTS

    _, listed = shown(built)
    assert "GET    /v1/orders/{id}  Order.get" in listed.splitlines()
    status, text = shown(built, "GET", "/v1/orders/{id}?expand=items", "--role", "member")
    keys = len(FRAGMENTS.entity["Order"].keys)
    run = reads.row_statement(resources.ORDER, ("items",), keys, frozenset({"member"}))
    assert (status, "".join(text.split())) == (0, "".join(f"{run.sql};".split()))
    _, written = shown(built, "POST", "/v1/orders")
    assert written.startswith("select status, etag, body")
    assert "CREATE FUNCTION api_" in written
    assert shown(built, "GET", "/v1/orders?colour=red")[0] == 2
