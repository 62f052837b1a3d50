"""What an example becomes, and which lines of a claim are not in it."""

import json
import re
from typing import Any

from bdc.ir import SystemIR
from bdc.output import EmitContext
from bdc_emitters.registry import load_emitter
from tests.language.chapters import Claim

_OF = {"sql": "postgres", "graphql": "graphql", "http": "openapi"}
_SQL = re.compile(r"database/(migrations|release)/.*\.sql")


def missing(claim: Claim, system: SystemIR) -> list[str]:
    """Return the lines of the claim that what `system` becomes does not bear out."""
    files = {
        file.path: file.content
        for file in load_emitter(_OF[claim.kind]).emit(system, EmitContext(system))
        if isinstance(file.content, str)
    }
    if claim.kind == "http":
        document = json.loads(files["api/documentation/openapi.json"])
        return [line for line in claim.lines if not _offered(line, document)]
    wanted = _SQL if claim.kind == "sql" else re.compile(r".*\.graphql")
    text = _plain("\n".join(content for path, content in files.items() if wanted.fullmatch(path)))
    return [line for line in claim.lines if not re.search(_pattern(line), text)]


def _plain(text: str) -> str:
    return " ".join(text.split())


def _pattern(line: str) -> str:
    """`…` stands for any text without a semicolon."""
    return "[^;]*?".join(re.escape(part.strip()) for part in _plain(line).split("…"))


def _offered(line: str, document: dict[str, Any]) -> bool:
    """Say whether `METHOD /path?a&b 200 404` is in the OpenAPI document, parameters and answers included."""
    method, where, *codes = line.split()
    path, _, query = where.partition("?")
    bases = [server["url"].rstrip("/") for server in document.get("servers", [])]
    item = next(
        (
            document["paths"][path.removeprefix(base)]
            for base in ("", *bases)
            if path.removeprefix(base) in document["paths"]
        ),
        {},
    )
    operation = item.get(method.lower())
    if operation is None:
        return False
    named = [
        _resolved(each, document)["name"]
        for each in (*item.get("parameters", ()), *operation.get("parameters", ()))
    ]
    return set(query.split("&") if query else ()) <= set(named) and set(codes) <= set(operation["responses"])


def _resolved(node: dict[str, Any], document: dict[str, Any]) -> dict[str, Any]:
    if "$ref" not in node:
        return node
    for part in node["$ref"].removeprefix("#/").split("/"):
        document = document[part]
    return document
