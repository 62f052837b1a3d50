"""Requests of a README, made in order: ` ```http ` blocks with a request, an empty line, the status of the answer, and names for members of it."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import httpx

_BLOCK = re.compile(r"```http\n(.*?)```", re.DOTALL)
_NAME = re.compile(r"([A-Z][A-Z_]*) = (\S+)")


def walk(readme: Path, client: httpx.Client, known: Mapping[str, str] | None = None) -> int:
    """Make every request; return how many there were. `known`: names that the README does not get from answers. AssertionError names the
    request whose answer is another."""
    names = dict(known or {})
    blocks = _BLOCK.findall(readme.read_text(encoding="utf-8"))
    for block in blocks:
        request, _, expected = block.partition("\n\n")
        answer = _answer(_filled(request, names), client)
        status, *told = expected.split("\n")
        assert answer.status_code == int(status), f"{request}\n{answer.status_code} {answer.text}"
        for line in filter(None, told):
            found = _NAME.fullmatch(line)
            assert found is not None, line
            names[found[1]] = str(_member(answer.json(), found[2]))
    return len(blocks)


def _filled(text: str, names: dict[str, str]) -> str:
    return re.sub(r"\b[A-Z][A-Z_]+\b", lambda found: names.get(found[0], found[0]), text)


def _answer(text: str, client: httpx.Client) -> httpx.Response:
    first, *rest = text.split("\n")
    method, path = first.split(" ", 1)
    headers = dict(line.split(": ", 1) for line in rest if not line.startswith("{"))
    body = next((json.loads(line) for line in rest if line.startswith("{")), None)
    return client.request(method, path, headers=headers, json=body)


def _member(value: Any, path: str) -> Any:
    for part in path.split("."):
        value = value[int(part)] if isinstance(value, list) else value[part]
    return value
