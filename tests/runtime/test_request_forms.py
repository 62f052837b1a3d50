"""Arguments in every place of a request, and rows that come along with what a write answers: asked of a running service."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote

import httpx
import pytest

from bdc.stack.backend import free_port
from bdc.stack.up import Running, UpOptions, running
from bdc.stack.workspace import Workspace
from tests.runtime.story import problem
from tests.support.emitted import build, compiled
from tests.support.schemathesis import configure, run
from tests.support.tools import not_run, tool

pytestmark = pytest.mark.postgres

SPEC = Path(__file__).parents[1] / "systems" / "forms"
KEY = "019b0000-0000-7000-8000-0000000000aa"
RANGE = {"low": 3, "tags": ["a"]}
PAGES = [{"number": 1, "notes": [{"body": "n1"}, {"body": "n2"}]}, {"number": 2}]
SEATS = [{"label": "A"}, {"label": "B"}]
BAD = f"/v1/by/{'x' * 41}/x5/none/2026-13-31/green/yes/3.505"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    folder = tmp_path_factory.mktemp("forms")
    out = build(SPEC, folder / "out")
    options = UpOptions(port=free_port(), durable=False, environment=(("LIMITS_RATE", "0"),))
    with running(
        compiled(SPEC)[1], out, Workspace(folder), options, lambda step, detail, seconds: None
    ) as found:
        yield found


@pytest.fixture(scope="module")
def client(up: Running) -> Iterator[httpx.Client]:
    token = up.token("s.ann", "member")
    with httpx.Client(base_url=up.backend.url, headers={"Authorization": f"Bearer {token}"}) as opened:
        yield opened


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "status", "answer"),
    [
        (
            "GET",
            f"/v1/by/a%20b/5/{KEY}/2026-01-31/red/true/3.50",
            None,
            {},
            200,
            {"text": f"a b|5|{KEY}|2026-01-31|red|t|3.50"},
        ),
        (
            "GET",
            "/v1/many/1,2?words=a,b",
            None,
            {"X-Colors": "red,blue"},
            200,
            [{"text": "{1,2}|{a,b}|{red,blue}"}],
        ),
        (
            "GET",
            f"/v1/ranged?range={quote(json.dumps({'low': 3}))}&extra=%5B1%5D",
            None,
            {},
            200,
            {"low": 3, "extra": [1]},
        ),
        ("POST", "/v1/whole?note=hi", RANGE, {"X-Trace": "t"}, 200, {"low": 3, "note": "hi", "trace": "t"}),
        ("PUT", "/v1/whole-list", [1, 2], {}, 200, [2, 1]),
        ("PUT", "/v1/things/k", {"value": 4}, {}, 200, {"text": "k=4"}),
        ("DELETE", "/v1/things/k?force=true", None, {}, 204, None),
        ("POST", "/v1/nothing", None, {}, 204, None),
        ("POST", "/v1/post-query?a=2", {"b": "xyz"}, {}, 200, 4),
    ],
)
def test_an_argument_is_read_where_it_stands(
    client: httpx.Client, method: str, path: str, body: Any, headers: dict[str, str], status: int, answer: Any
) -> None:
    found = client.request(method, path, json=body, headers=headers)
    assert (found.status_code, found.json() if found.content else None) == (status, answer), found.text


@pytest.mark.parametrize(
    ("method", "path", "body", "headers", "paths"),
    [
        ("GET", BAD, None, {}, ["{name}", "{n}", "{u}", "{day}", "{c}", "{ok}", "{price}"]),
        ("GET", "/v1/many/1,x?words=a", None, {"X-Colors": "red,green"}, ["{ids}/1", "X-Colors/1"]),
        ("GET", "/v1/many/1", None, {}, ["X-Colors"]),
        ("GET", "/v1/ranged?range=zz", None, {}, ["?range"]),
        ("POST", "/v1/whole", {"low": "x", "tags": []}, {}, ["/low"]),
        ("PUT", "/v1/whole-list", {"items": [1]}, {}, [""]),
        ("PUT", "/v1/things/k", {"value": 4, "key": "z"}, {}, ["/key"]),
        ("DELETE", "/v1/things/k", None, {}, ["?force"]),
    ],
)
def test_a_refusal_names_the_place(
    client: httpx.Client, method: str, path: str, body: Any, headers: dict[str, str], paths: list[str]
) -> None:
    found = problem(client.request(method, path, json=body, headers=headers), 422, "validation-failed")
    assert [error["path"] for error in found["errors"]] == paths


def test_a_write_includes_what_a_read_includes(client: httpx.Client) -> None:
    """What is written with a row comes back with it, under keys of one part and of several, as a read shows it."""
    for path, body, expand, own in (
        ("/v1/docs", {"slug": "law", "title": "T", "pages": PAGES}, "pages", "/v1/docs/law"),
        (
            "/v1/slots",
            {"room": "a b", "day": "2026-02-01", "seats": SEATS},
            "seats",
            "/v1/slots/a%20b/2026-02-01",
        ),
    ):
        made = client.post(path, params={"expand": expand}, json=body)
        assert made.status_code == 201, made.text
        assert len(made.json()[expand]) == 2
        assert made.json() == client.get(own, params={"expand": expand}).json()
        plain = client.patch(own, json={}).json()
        assert expand not in plain
        assert client.patch(own, params={"expand": expand}, json={}).json()[expand] == made.json()[expand]
    assert [len(page["notes"]) for page in client.get("/v1/docs/law?expand=pages").json()["pages"]] == [2, 0]
    for method, path, given in (
        ("PUT", "/v1/docs/law/painted", None),
        ("PATCH", "/v1/docs/law/title/New%20One", None),
        ("POST", "/v1/slots/a%20b/2026-02-01/close", {"force": False}),
    ):
        moved = client.request(
            method, path, params={"expand": "pages" if "docs" in path else "seats"}, json=given
        )
        own = "/v1/docs/law?expand=pages" if "docs" in path else "/v1/slots/a%20b/2026-02-01?expand=seats"
        assert (moved.status_code, moved.json()) == (200, client.get(own).json()), path


def test_a_repeated_create_is_performed_once(client: httpx.Client) -> None:
    once = {"Idempotency-Key": "key-1"}
    made = client.post("/v1/docs", json={"slug": "once", "title": "T"}, headers=once)
    again = client.post("/v1/docs", json={"slug": "once", "title": "T"}, headers=once)
    assert (made.status_code, again.status_code, again.json()) == (201, 201, made.json())
    assert again.headers["location"] == made.headers["location"] == "/v1/docs/once"
    other = client.post("/v1/docs", json={"slug": "twice", "title": "T"}, headers=once)
    problem(other, 422, "idempotency-key-reused")
    wider = client.post("/v1/docs?expand=pages", json={"slug": "once", "title": "T"}, headers=once)
    problem(wider, 422, "idempotency-key-reused")
    assert client.post("/v1/docs", json={"slug": "once", "title": "T"}).status_code == 409


def test_graphql_has_the_same_operations(client: httpx.Client) -> None:
    document = """mutation {
      createDoc(input: {slug: "g", title: "t", pages: [{number: 1, notes: [{body: "x"}]}]}, idempotencyKey: "g") {
        pages { number notes { body } }
      }
      renameDoc(slug: "g", title: "new", why: "because") { title }
      peekDoc(slug: "g", color: red) { text }
      weighDoc(slug: "g", range: {low: 1, tags: []})
      createSlot(input: {room: "g", day: "2026-02-02", seats: [{label: "Z"}]}) { seats { label } }
      moveSlot(room: "g", day: "2026-02-02", hour: 4, label: "l")
      putThing(key: "k", value: 2) { text }
      dropThing(key: "k", force: true)
      postQuery(a: 1, b: "x")
    }"""
    assert client.post("/graphql", json={"query": document}).json() == {
        "data": {
            "createDoc": {"pages": [{"number": 1, "notes": [{"body": "x"}]}]},
            "renameDoc": {"title": "new/because"},
            "peekDoc": {"text": "red f"},
            "weighDoc": {"low": 1, "tags": [], "unit": "kg"},
            "createSlot": {"seats": [{"label": "Z"}]},
            "moveSlot": 2,
            "putThing": {"text": "k=2"},
            "dropThing": True,
            "postQuery": 1,
        }
    }


@pytest.mark.long
@pytest.mark.tool
def test_schemathesis_finds_nothing(up: Running, client: httpx.Client, tmp_path: Path) -> None:
    program = tool("schemathesis")
    if program is None:
        pytest.skip(not_run("schemathesis"))
    configure(tmp_path, client.get("/openapi.json").json(), (), examples=10)
    known = ("--header", f"Authorization: {client.headers['Authorization']}")
    outcome = run(program, tmp_path, up.backend.url, known)
    assert outcome.code == 0, outcome.text[-12_000:]
