"""A caller of the system of all types, what it writes, and what it finds again."""

import asyncio
import http.client
import json
import os
import re
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import asyncpg

from tests.runtime.value_samples import KINDS, LISTS, SCALARS, literal, loads

SPEC = Path(__file__).parents[1] / "systems" / "values"
SEED = int(os.environ.get("VALUES_SEED", "0")) or Random().randrange(1, 2**32)
FIELDS = (*SCALARS, *LISTS, "o", "os")
FILTERS = ("s", "b", "i", "big", "d", "wide", "free", "f", "yes", "day", "t", "at", "len", "kind", "label")
SORTS = ("s", "i", "big", "d", "wide", "free", "f", "day", "t", "at", "len")
KEYS = {
    "by-text": "s", "by-body": "b", "by-int": "i", "by-big": "big", "by-decimal": "d", "by-uuid": "u", "by-date": "day", "by-time": "t",
    "by-moment": "at", "by-length": "len", "by-kind": "kind", "by-label": "label", "by-bool": "yes", "by-float": "f",
}  # fmt: skip
ANSWER = {name: name for name in FIELDS} | {
    "o": "o{s i big d free f yes id day t at len j raw kind label ds lens inner{d len label}}",
    "os": "os{s i big d free f yes id day t at len j raw kind label ds lens inner{d len label}}",
}
Row = dict[str, Any]


@dataclass
class Caller:
    """A member who talks to the running system."""

    connection: http.client.HTTPConnection
    token: str
    database: str

    def send(self, method: str, path: str, body: str | None = None) -> tuple[int, Any, dict[str, str]]:
        """Return status, decoded body and headers; a 5xx fails the test."""
        headers = {"authorization": f"Bearer {self.token}", "content-type": "application/json"}
        self.connection.request(method, path, None if body is None else body.encode(), headers)
        response = self.connection.getresponse()
        text = response.read()
        assert response.status < 500, (
            f"seed {SEED}: {method} {path} {body} -> {response.status} {text[:500]!r}"
        )
        return (
            response.status,
            loads(text) if text else None,
            {k.lower(): v for k, v in response.getheaders()},
        )

    def ask(self, document: str, variables: str = "{}") -> Any:
        """Return the answer to a GraphQL document."""
        body = f'{{"query": {json.dumps(document)}, "variables": {variables}}}'
        return self.send("POST", "/graphql", body)[1]

    def rows(self, statement: str) -> list[Any]:
        async def fetch() -> list[Any]:
            connection = await asyncpg.connect(self.database)
            try:
                return list(await connection.fetch(statement))
            finally:
                await connection.close()

        return asyncio.run(fetch())


def sampled(random: Random, names: tuple[str, ...], least: float = 0.3) -> dict[str, str]:
    """Return JSON texts of some members."""
    share = random.uniform(least, 1)
    return {name: KINDS[name].sample(random) for name in names if random.random() < share}


def written(members: dict[str, str]) -> str:
    return "{" + ", ".join(f'"{name}": {text}' for name, text in members.items()) + "}"


def written_literal(members: dict[str, str]) -> str:
    """Return an input object of GraphQL, where values of the enum stand without quotes."""
    return ", ".join(f"{name}: {as_literal(name, text)}" for name, text in members.items())


def as_literal(name: str, text: str) -> str:
    made = literal(text)
    if name in ("kind", "kinds"):
        return made.replace('"', "")
    for value in ("red", "green", "blue"):
        made = made.replace(f'kind: "{value}"', f"kind: {value}")
    return made


def has_literal(text: str) -> bool:
    """Whether a value can be written in a document: GraphQL's objects have names as keys."""

    def named(found: Any) -> bool:
        if isinstance(found, dict):
            return all(
                re.fullmatch("[_A-Za-z][_0-9A-Za-z]*", name) and named(item) for name, item in found.items()
            )
        return all(map(named, found)) if isinstance(found, list) else True

    return named(json.loads(text))


def same(sent: dict[str, str], found: Row | None, where: str) -> None:
    """Every member that was sent came back equal."""
    assert found is not None, f"seed {SEED}: {where}: nothing came back"
    for name, text in sent.items():
        kind = KINDS[name]
        want, got = kind.read(loads(text)), None if found[name] is None else kind.read(found[name])
        assert got == want, f"seed {SEED}: {where}: {name}: sent {text}, found {found[name]!r}"


def value(text: str) -> str:
    """Return JSON text of a scalar as a query string has it."""
    decoded = json.loads(text, parse_float=str, parse_int=str)
    return decoded if isinstance(decoded, str) else json.dumps(decoded)


def rounds(count: int) -> int:
    return count * int(os.environ.get("VALUES_ROUNDS", "1"))


def created(caller: Caller, sent: dict[str, str]) -> Row:
    status, made, _ = caller.send("POST", "/v1/boxes", written(sent))
    assert status == 201, f"seed {SEED}: {written(sent)} -> {made}"
    return dict(made)


def created_by_literal(caller: Caller, sent: dict[str, str]) -> Row:
    fields = " ".join(ANSWER.values())
    answer = caller.ask(f"mutation {{ createBox(input: {{{written_literal(sent)}}}) {{ id {fields} }} }}")
    assert "errors" not in answer, f"seed {SEED}: {written_literal(sent)} -> {answer}"
    return dict(answer["data"]["createBox"])


def created_by_variable(caller: Caller, sent: dict[str, str]) -> Row:
    fields = " ".join(ANSWER.values())
    document = f"mutation($i: CreateBoxInput!) {{ createBox(input: $i) {{ id {fields} }} }}"
    answer = caller.ask(document, f'{{"i": {written(sent)}}}')
    assert "errors" not in answer, f"seed {SEED}: {written(sent)} -> {answer}"
    return dict(answer["data"]["createBox"])


def boxes(
    caller: Caller, condition: str, variables: str = "{}", head: str = "", fields: str = "id"
) -> list[Row]:
    document = f"{head}{{ boxes(first: 5, filter: {{{condition}}}) {{ nodes {{ {fields} }} }} }}"
    answer = caller.ask(document, variables)
    assert "errors" not in answer, f"seed {SEED}: {condition} {variables} -> {answer}"
    return list(answer["data"]["boxes"]["nodes"])
