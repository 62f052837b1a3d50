"""The audits of graphql-http: all that GraphQL over HTTP says a server must, should and may do."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.support.tools import not_run, tool


def asked_and_missed(url: str, token: str) -> tuple[int, list[str]]:
    """Return how many audits were asked of the endpoint at `url`, and which of them it does not fulfil. Skips the test without the tool."""
    program = tool("graphql-http")
    if program is None:
        pytest.skip(not_run("graphql-http"))
    driver = Path(__file__).with_name("graphql_audit.cjs")
    command = ["node", str(driver), str(program), url, token]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    return found["asked"], found["missed"]
