"""Encrypted fields in every position: no column, no log and no stored answer holds their text, and every reader gets it back.

Each text that is written contains the word of `SECRET`; after all calls the whole database and the log are searched for it.
"""

import asyncio
import base64
import json
import os
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest

from bdc.stack import Server
from bdc.stack.backend import Backend, free_port, migrate, serve
from bdc.stack.keys import development_keys
from bdc.stack.up import ISSUER, UpOptions, service_settings, up_state
from tests.support.emitted import build, compiled

pytestmark = pytest.mark.postgres

SPEC = Path(__file__).parent / "sealed"
SECRET = "plaintext-canary"
_TEXTS = """
select c.table_schema, c.table_name, c.column_name from information_schema.columns c
join information_schema.tables t using (table_schema, table_name)
where t.table_type = 'BASE TABLE' and c.table_schema not in ('pg_catalog', 'information_schema')
"""


@dataclass
class World:
    """The running system with one caller. `log` is the file that the service writes."""

    client: httpx.Client
    backend: Backend
    admin_url: str
    log: Path
    stack: ExitStack
    again: Any

    def made(self, path: str, **body: Any) -> dict[str, Any]:
        answer = self.client.post(f"/v1/{path}", json=body)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def rows(self, sql: str) -> list[Any]:
        async def fetch() -> list[Any]:
            connection = await asyncpg.connect(self.admin_url)
            try:
                return list(await connection.fetch(sql))
            finally:
                await connection.close()

        return asyncio.run(fetch())


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, postgres_server: Server) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("sealed")
    system = compiled(SPEC)[1]
    out = build(SPEC, folder / "out")
    handler = out / "services/business/entry_import_code.py"
    handler.write_text((SPEC / "entry_import_code.py.txt").read_text(encoding="utf-8"), encoding="utf-8")
    keys = development_keys(folder / "keys")
    with ExitStack() as stack:
        url = postgres_server.url("postgres", "sealed")
        asyncio.run(_create(postgres_server.superuser_url))
        settings = service_settings(system, url, keys, UpOptions(port=free_port()))
        migrate(out, settings, seed=True)
        log = folder / "service.log"

        def started(**environment: str) -> tuple[Backend, httpx.Client]:
            own = replace(settings, port=free_port(), environment={**settings.environment, **environment})
            backend = stack.enter_context(serve(out, own, log))
            state = up_state(system, backend.url, keys)
            claims = {**state.actors["acme.ann"], "roles": ["keeper"]}
            token = keys.mint(claims, issuer=ISSUER, audience=state.audience, lifetime=600)
            client = httpx.Client(
                base_url=backend.url, headers={"authorization": f"Bearer {token}"}, timeout=20
            )
            return backend, stack.enter_context(client)

        backend, client = started()
        yield World(client, backend, url, log, stack, started)


async def _create(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("create database sealed")
    await connection.close()


def test_seeds_and_defaults_are_encrypted(world: World) -> None:
    (box,) = world.client.get("/v1/folders", params={"expand": "entries"}).json()["items"]
    assert [entry["secret"] for entry in box["entries"]] == [f"seeded {SECRET}"]
    assert box["entries"][0]["note"] == f"default {SECRET}"
    made = world.made(
        "folders", code="a|b\x1f", title="Odd", entries=[{"label": "x", "secret": f"1 {SECRET}"}]
    )
    found = world.client.get("/v1/entries", params={"label": "x"}).json()["items"]
    assert [(entry["secret"], entry["note"]) for entry in found] == [(f"1 {SECRET}", f"default {SECRET}")], (
        made
    )


def test_rows_within_rows(world: World) -> None:
    world.made(
        "folders",
        code="deep",
        title="Deep",
        entries=[
            {"label": f"e{n}", "secret": f"{n} {SECRET}", "parts": [{"code": f"p{n} {SECRET}"}]}
            for n in range(3)
        ],
    )
    listed = world.client.get("/v1/entries", params={"expand": "parts", "folder_id": "deep"}).json()["items"]
    assert sorted((entry["secret"], entry["parts"][0]["code"]) for entry in listed) == [
        (f"{n} {SECRET}", f"p{n} {SECRET}") for n in range(3)
    ]


@pytest.mark.parametrize(
    ("path", "key"),
    [
        ("numbereds", {"number": 7}),
        ("counteds", {}),
        ("paireds", {"left": "l|1", "right": "r,2"}),
        ("namers", {"name": 'n"ame|~'}),
        ("givens", {"id": "0190F2A0-0000-7000-8000-00000000ABCD"}),
        ("dateds", {"day": "2026-02-03"}),
    ],
)
def test_keys_of_every_kind(world: World, path: str, key: dict[str, Any]) -> None:
    made = world.made(path, **key, secret=f"created {SECRET}")
    assert made["secret"] == f"created {SECRET}"
    where = world.client.get(f"/v1/{path}").json()["items"]
    assert [row["secret"] for row in where] == [f"created {SECRET}"]
    location = world.client.post(f"/v1/{path}", json={**_next(key), "secret": f"b {SECRET}"}).headers[
        "location"
    ]
    changed = world.client.patch(location, json={"secret": f"changed {SECRET}"}, headers=_MERGE)
    assert (changed.status_code, changed.json()["secret"]) == (200, f"changed {SECRET}"), changed.text
    assert world.client.get(location).json()["secret"] == f"changed {SECRET}"


_MERGE = {"content-type": "application/merge-patch+json"}


def _next(key: dict[str, Any]) -> dict[str, Any]:
    """Another key of the same kind."""
    return {name: _other(value) for name, value in key.items()}


def _other(value: Any) -> Any:
    if isinstance(value, int):
        return value + 1
    return value[:-1] + chr(ord(value[-1]) - 1 if value[-1] > "1" else ord(value[-1]) + 1)


def test_what_operations_set_and_handlers_write(world: World) -> None:
    row = world.made("entries", folder_id="box", label="op", secret=f"0 {SECRET}")
    path = f"/v1/entries/{row['id']}"
    rotated = world.client.post(
        f"{path}/rotate",
        json={"secret": f"2 {SECRET}", "why": f"w {SECRET}"},
        headers={"idempotency-key": "k"},
    )
    assert rotated.status_code == 200, rotated.text
    assert (rotated.json()["secret"], rotated.json()["reason"]) == (f"2 {SECRET}", f"w {SECRET}")
    again = world.client.post(
        f"{path}/rotate",
        json={"secret": f"2 {SECRET}", "why": f"w {SECRET}"},
        headers={"idempotency-key": "k"},
    )
    assert again.json() == rotated.json()
    taken = world.client.post(f"{path}/import_code", json={"code": f"3 {SECRET}"})
    assert taken.status_code == 200, taken.text
    assert taken.json()["secret"] == f"3 {SECRET} after 2 {SECRET}"


def test_graphql_writes_and_reads_the_same(world: World) -> None:
    query = "mutation ($input: CreateFolderInput!) { createFolder(input: $input) { entries { secret parts { code } } } }"
    entry = {"label": "g", "secret": f"g {SECRET}", "parts": [{"code": f"gp {SECRET}"}]}
    given = {"code": "graph", "title": "G", "entries": [entry]}
    answer = world.client.post("/graphql", json={"query": query, "variables": {"input": given}}).json()
    text = json.dumps(answer)
    assert "errors" not in answer and f"g {SECRET}" in text and f"gp {SECRET}" in text, answer


def test_another_key_encrypts_and_the_old_one_still_decrypts(world: World) -> None:
    import tomllib

    config = (world.log.parent / "out/config/development/service.toml").read_text(encoding="utf-8")
    old = tomllib.loads(config)["secrets"]["encryption"]
    fresh = base64.b64encode(os.urandom(32)).decode()
    both = ",".join([f"new={fresh}", *(f"{name}={key}" for name, key in old.items())])
    _, client = world.again(SECRETS_ENCRYPTION=both, SECRETS_ENCRYPTION_ACTIVE="new")
    (first, *_) = client.get("/v1/entries", params={"folder_id": "box"}).json()["items"]
    assert SECRET in first["secret"]
    made = client.post("/v1/numbereds", json={"number": 99, "secret": f"rotated {SECRET}"})
    assert made.json()["secret"] == f"rotated {SECRET}"
    assert world.rows("select secret from numbered where number = 99")[0][0].startswith("new.")
    # Without the new key: that value is null, and the rest of the list is there.
    listed = world.client.get("/v1/numbereds")
    assert listed.status_code == 200
    assert {row["number"]: row["secret"] for row in listed.json()["items"]}[99] is None


def test_nothing_holds_the_text(world: World) -> None:
    found = []
    for schema, table, column in world.rows(_TEXTS):
        sql = f"""select count(*) from "{schema}"."{table}" where "{column}"::text like '%{SECRET}%'"""
        if world.rows(sql)[0][0]:
            found.append(f"{schema}.{table}.{column}")
    assert found == []
    assert SECRET not in world.log.read_text(encoding="utf-8", errors="replace")
    assert world.rows("select count(*) from app.audit_log")[0][0] > 0
    assert world.rows("select count(*) from app.outbox")[0][0] > 0
