"""Schemathesis against a running service: all checks, several callers, object-level authorization between two of them.

`configure` writes its configuration beside a copy of the document, `run` starts it. Valid requests may be refused in the
ways the document cannot foresee, and only there: 422 where a body refers to other rows (a random reference leads nowhere) or an idempotency key is sent (a
short one soon comes again), 412
where `If-Match` is sent (a random version has passed), 400 where a cursor is sent (nobody can make one up).
"""

import json
import subprocess
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ACCEPTED = ("2xx", "401", "403", "404", "409")
METHODS = ("get", "post", "put", "patch", "delete")


@dataclass(frozen=True)
class Caller:
    """Somebody with a token. `peer`: what he may read, other peers may not, unless their lists show it too."""

    name: str
    token: str
    peer: bool = True


@dataclass(frozen=True)
class Outcome:
    """How a run ended: `code` 0 when every check held."""

    code: int
    text: str


def configure(
    folder: Path, document: dict[str, Any], callers: Sequence[Caller], *, examples: int, seed: int = 1
) -> None:
    """Write `openapi.json`, `auth.yaml` and `schemathesis.toml` into `folder`."""
    (folder / "openapi.json").write_text(json.dumps(document))
    entries = [
        {"name": caller.name, "fixedHeaders": [{"name": "Authorization", "value": f"Bearer {caller.token}"}]}
        for caller in callers
    ]
    (folder / "auth.yaml").write_text(json.dumps({"schema_version": "0.2.0", "auth": entries}))
    (folder / "schemathesis.toml").write_text(
        "\n".join(_configuration(document, callers, examples, seed)) + "\n"
    )


def _configuration(
    document: dict[str, Any], callers: Sequence[Caller], examples: int, seed: int
) -> Iterator[str]:
    peers = [caller.name for caller in callers if caller.peer]
    yield from (f"seed = {seed}", "continue-on-failure = true", "request-timeout = 20.0", "")
    if len(peers) > 1:
        yield from ("[auth.wfc]", 'path = "auth.yaml"', f"peers = {json.dumps(peers)}", "")
    yield from ("[generation]", f"max-examples = {examples}", 'database = "none"', "allow-x00 = false", "")
    for identity, statuses in _refusable(document):
        yield from ("[[operations]]", f'include-operation-id = "{identity}"')
        yield f"checks.positive_data_acceptance.expected-statuses = {json.dumps([*ACCEPTED, *statuses])}"
        yield ""


def _refusable(document: dict[str, Any]) -> Iterator[tuple[str, list[str]]]:
    for item in document["paths"].values():
        for method, operation in item.items():
            if method in METHODS:
                statuses = list(_refusals(document, operation))
                if statuses:
                    yield operation["operationId"], statuses


def _refusals(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    names = [parameter.get("$ref", "") for parameter in operation.get("parameters", ())]
    if any(name.endswith("/Cursor") for name in names):
        yield "400"
    if any(name.endswith("/IfMatch") for name in names):
        yield "412"
    bodies = operation.get("requestBody", {}).get("content", {}).values()
    repeatable = any(name.endswith("/IdempotencyKey") for name in names)
    if repeatable or any(_refers(document, media["schema"]) for media in bodies):
        yield "422"


def _refers(document: dict[str, Any], schema: dict[str, Any]) -> bool:
    """Whether a body names other rows."""
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]]
    for name, member in schema.get("properties", {}).items():
        if name.endswith("_id") or _refers(document, member.get("items", {})):
            return True
    return False


def run(program: Path, folder: Path, url: str, arguments: Iterable[str] = ()) -> Outcome:
    """Run all checks against the service at `url`."""
    command = [program, "run", "openapi.json", "--url", url, "--checks", "all", "--no-color", *arguments]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)
    return Outcome(done.returncode, done.stdout + done.stderr)
