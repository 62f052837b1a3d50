"""A client of the original document calls what an import made of it, and gets what the report says.

The specification of `library.yaml` is built, migrated and served; nothing is written by hand.
"""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator

from bdc.importing.described import describe
from bdc.stack import Server
from bdc.stack.backend import free_port, migrate, serve
from bdc.stack.keys import development_keys
from bdc.stack.up import ISSUER, UpOptions, service_settings, up_state
from tests.support.emitted import build, compiled

pytestmark = [pytest.mark.postgres, pytest.mark.long]

SOURCE = Path(__file__).with_name("library.yaml")
DOCUMENT: dict[str, Any] = yaml.safe_load(SOURCE.read_text(encoding="utf-8"))


@dataclass
class World:
    anonymous: httpx.Client
    writer: httpx.Client
    told: dict[str, str]


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory, postgres_server: Server) -> Iterator[World]:
    folder = tmp_path_factory.mktemp("library")
    spec = folder / "library"
    spec.mkdir()
    settled = describe(str(SOURCE), "library", None)
    (spec / "library.bds").write_text(settled.text, encoding="utf-8")
    system = compiled(spec)[1]
    out = build(spec, folder / "out")
    keys = development_keys(folder / "keys")
    asyncio.run(_create(postgres_server.superuser_url))
    with ExitStack() as stack:
        settings = service_settings(
            system, postgres_server.url("postgres", "driven"), keys, UpOptions(port=free_port())
        )
        migrate(out, settings, seed=True)
        backend = stack.enter_context(serve(out, settings, folder / "service.log"))
        state = up_state(system, backend.url, keys)
        claims = {"sub": str(uuid.uuid4()), "roles": ["write_books", "caller"]}
        token = keys.mint(claims, issuer=ISSUER, audience=state.audience, lifetime=600)
        base = f"{backend.url}/api/v2"
        anonymous = stack.enter_context(httpx.Client(base_url=base, timeout=20))
        headers = {"authorization": f"Bearer {token}"}
        writer = stack.enter_context(httpx.Client(base_url=base, headers=headers, timeout=20))
        yield World(anonymous, writer, dict(settled.told))


async def _create(url: str) -> None:
    connection = await asyncpg.connect(url)
    await connection.execute("create database driven")
    await connection.close()


def _fits(value: Any, component: str) -> None:
    """Require the documented shape, but for what the report says: an optional member without a value is null."""
    plain = {key: each for key, each in value.items() if each is not None}
    schema = {"$ref": f"#/components/schemas/{component}", "components": DOCUMENT["components"]}
    draft4 = _current(schema)
    Draft202012Validator(draft4).validate(plain)


def _current(schema: Any) -> Any:
    """Say `exclusiveMinimum: true` of OpenAPI 3.0 as a number, as JSON Schema has it today."""
    if isinstance(schema, list):
        return [_current(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    made = {key: _current(each) for key, each in schema.items()}
    if made.get("exclusiveMinimum") is True:
        made["exclusiveMinimum"] = made.pop("minimum")
    return made


def test_documented_calls_get_the_documented_answers(world: World) -> None:
    assert world.told["POST /books"] == "`create` of a resource; an optional member without a value is null"
    body = {"title": "Emma", "isbn": "9780141439587", "kind": "sold-out"}
    assert world.anonymous.post("/books", json=body).status_code == 401
    made = world.writer.post("/books", json=body)
    assert made.status_code == 201, made.text
    book = made.json()
    _fits(book, "Book")
    assert (book["kind"], book["pages"], book["secret"]) == ("sold-out", 100, None)

    shown = world.anonymous.get(f"/books/{book['id']}")
    assert shown.status_code == 200 and shown.json() == book
    assert world.anonymous.get(f"/books/{uuid.uuid4()}").status_code == 404

    listed = world.anonymous.get("/books", params={"kind": "sold-out", "limit": 5})
    assert listed.status_code == 200 and listed.json() == {"items": [book], "next_cursor": None}
    assert world.anonymous.get("/books", params={"kind": "novel"}).json()["items"] == []
    assert world.anonymous.get("/books", params={"limit": 51}).status_code >= 400

    changed = world.writer.patch(f"/books/{book['id']}", json={"title": "Persuasion"})
    assert changed.status_code == 200 and changed.json()["title"] == "Persuasion"
    _fits(changed.json(), "Book")
    assert world.writer.delete(f"/books/{book['id']}").status_code == 204


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": ""},
        {"title": "x" * 81},
        {"title": "x", "isbn": "1"},
        {"title": "x", "kind": "other"},
        {"title": None},
        {},
    ],
)
def test_rules_of_the_document_hold(world: World, wrong: dict[str, Any]) -> None:
    answer = world.writer.post("/books", json={"isbn": "9780141439587", **wrong})
    assert answer.status_code == 422, answer.text
    assert answer.headers["content-type"] == "application/problem+json"


def test_what_is_to_be_written_says_so(world: World) -> None:
    told = {title: sentence for title, sentence in world.told.items() if "501" in sentence}
    assert set(told) == {"POST /books/{bookId}/lend", "GET /animals"}
    answer = world.writer.post(f"/books/{uuid.uuid4()}/lend", json={"days": 3})
    assert answer.status_code == 501
    assert world.writer.post(f"/books/{uuid.uuid4()}/lend", json={"days": 31}).status_code == 422
