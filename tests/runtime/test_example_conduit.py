"""`examples/conduit` held against the published contract: every answer of the running service is one that the contract describes."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from jsonschema import Draft202012Validator

from bdc.stack.up import Running
from tests.support.served import served_from
from tests.support.walkthrough import walk

pytestmark = pytest.mark.postgres

ROOT = Path(__file__).parents[2]
EXAMPLE = ROOT / "examples" / "conduit"
CONTRACT: dict[str, Any] = yaml.safe_load((ROOT / "tests/corpus/realworld/openapi.yml").read_text("utf-8"))
PASSWORD = "jim-and-jim"


class Contract:
    """Sends requests, and holds each answer to what the contract says of it. `seen`: operations that were asked."""

    def __init__(self, url: str) -> None:
        self.client = httpx.Client(base_url=f"{url}/api", timeout=30)
        self.seen: set[str] = set()
        self.own: dict[str, Any] = httpx.get(f"{url}/openapi.json").json()

    def ask(self, method: str, path: str, status: int, body: Any = None, token: str | None = None) -> Any:
        headers = {"Authorization": f"Token {token}"} if token is not None else {}
        answer = self.client.request(method, path, json=body, headers=headers)
        assert answer.status_code == status, f"{method} {path}: {answer.status_code} {answer.text}"
        self._is_own(method, path.partition("?")[0], answer)
        operation = _operation(CONTRACT["paths"], method, path.partition("?")[0])
        self.seen.add(operation["operationId"])
        described = _resolved(operation["responses"][str(status)])
        if not described["content"]:
            assert answer.content == b""
            return None
        schema = described["content"]["application/json"]["schema"]
        assert answer.headers["content-type"].startswith("application/json")
        found = answer.json()
        Draft202012Validator({**schema, "components": CONTRACT["components"]}).validate(found)
        assert _undescribed(found, schema, "") == []
        return found

    def _is_own(self, method: str, path: str, answer: httpx.Response) -> None:
        """Hold an answer to what the service says of itself."""
        described = _operation(self.own["paths"], method, f"/api{path}")["responses"][str(answer.status_code)]
        if answer.content:
            name = described.get("$ref", "").rsplit("/", 1)[-1]
            whole = self.own["components"]["responses"][name] if name else described
            schema = whole["content"]["application/json"]["schema"]
            Draft202012Validator({**schema, "components": self.own["components"]}).validate(answer.json())


def _operation(paths: Any, method: str, path: str) -> Any:
    for template, item in sorted(paths.items(), key=lambda each: each[0].count("{")):
        if re.fullmatch(re.sub(r"\{[^}]*\}", "[^/]+", template), path) and method.lower() in item:
            return item[method.lower()]
    raise AssertionError(f"there is no {method} {path}")


def _resolved(found: Any) -> Any:
    while "$ref" in found:
        _, *parts = found["$ref"].split("/")
        found = CONTRACT
        for part in parts:
            found = found[part]
    return found


def _undescribed(value: Any, schema: Any, path: str) -> list[str]:
    """Return members that the contract does not name."""
    schema = _resolved(schema)
    if isinstance(value, list):
        return [each for item in value for each in _undescribed(item, schema.get("items", {}), path)]
    if not isinstance(value, dict) or "properties" not in schema:
        return []
    known = schema["properties"]
    found = [f"{path}/{name}" for name in value if name not in known]
    return found + [
        each
        for name in value
        if name in known
        for each in _undescribed(value[name], known[name], f"{path}/{name}")
    ]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served_from(EXAMPLE, tmp_path_factory.mktemp("conduit")) as found:
        yield found


@pytest.fixture(scope="module")
def contract(up: Running) -> Contract:
    return Contract(up.backend.url)


def _user(contract: Contract, name: str) -> str:
    given = {"username": name, "email": f"{name}@x.test", "password": PASSWORD}
    made = contract.ask("POST", "/users", 201, {"user": given})["user"]
    assert (made["username"], made["email"], made["bio"], made["image"]) == (
        name,
        f"{name}@x.test",
        None,
        None,
    )
    return str(made["token"])


def test_the_walkthrough_holds(up: Running) -> None:
    with httpx.Client(base_url=up.backend.url, timeout=30) as client:
        assert walk(EXAMPLE / "README.md", client) > 15


def test_every_operation_is_as_the_contract_says(contract: Contract) -> None:
    jim, amy = _user(contract, "jim"), _user(contract, "amy")
    _users(contract, jim)
    _profiles(contract, jim)
    slug = _articles(contract, jim, amy)
    _comments(contract, jim, amy, slug)
    contract.ask("DELETE", f"/articles/{slug}", 403, token=jim)
    contract.ask("DELETE", f"/articles/{slug}", 401)
    contract.ask("DELETE", f"/articles/{slug}", 204, token=amy)
    contract.ask("GET", f"/articles/{slug}", 404)
    every = {each["operationId"] for item in CONTRACT["paths"].values() for each in item.values()}
    assert len(every) == 19
    assert contract.seen == every


def _users(contract: Contract, jim: str) -> None:
    good = {"email": "jim@x.test", "password": PASSWORD}
    assert contract.ask("POST", "/users/login", 200, {"user": good})["user"]["username"] == "jim"
    contract.ask("POST", "/users/login", 401, {"user": {**good, "password": "nothing"}})
    contract.ask("POST", "/users/login", 422, {"user": {"email": "jim@x.test"}})
    taken = contract.ask("POST", "/users", 409, {"user": {**good, "email": "x@x.x", "username": "jim"}})
    assert taken == {"errors": {"username": ["has already been taken"]}}
    blank = contract.ask("POST", "/users", 422, {"user": {**good, "email": "y@y.y", "username": ""}})
    assert blank == {"errors": {"username": ["can't be blank"]}}
    assert contract.ask("GET", "/user", 200, token=jim)["user"]["token"] == jim
    assert contract.ask("GET", "/user", 401) == {"errors": {"token": ["is missing"]}}
    changed = {"bio": "I like to skateboard", "image": "https://i.stack.imgur.com/xHWG8.jpg"}
    found = contract.ask("PUT", "/user", 200, {"user": changed}, jim)["user"]
    assert found == {"email": "jim@x.test", "username": "jim", "token": jim, **changed}
    contract.ask("PUT", "/user", 401, {"user": changed})
    contract.ask("PUT", "/user", 422, {"user": {"username": ""}}, jim)
    contract.ask("PUT", "/user", 200, {"user": {"password": "another one"}}, jim)
    contract.ask("POST", "/users/login", 200, {"user": {**good, "password": "another one"}})


def _profiles(contract: Contract, jim: str) -> None:
    for token, status in ((None, False), (jim, False)):
        assert contract.ask("GET", "/profiles/amy", 200, token=token)["profile"]["following"] is status
    for _ in range(2):
        assert contract.ask("POST", "/profiles/amy/follow", 200, token=jim)["profile"]["following"] is True
    assert contract.ask("GET", "/profiles/amy", 200, token=jim)["profile"]["following"] is True
    assert contract.ask("GET", "/profiles/amy", 200)["profile"]["following"] is False
    for _ in range(2):
        assert contract.ask("DELETE", "/profiles/amy/follow", 200, token=jim)["profile"]["following"] is False
    contract.ask("POST", "/profiles/amy/follow", 401)
    contract.ask("DELETE", "/profiles/amy/follow", 401)
    for method, path in (("GET", ""), ("POST", "/follow"), ("DELETE", "/follow")):
        missing = contract.ask(method, f"/profiles/nobody{path}", 404, token=jim)
        assert missing == {"errors": {"profile": ["not found"]}}


def _articles(contract: Contract, jim: str, amy: str) -> str:
    given = {
        "title": "How to train your dragon",
        "description": "Ever wonder how?",
        "body": "Very carefully.",
    }
    tagged = {**given, "tagList": ["training", "dragons"]}
    first = contract.ask("POST", "/articles", 201, {"article": tagged}, amy)["article"]
    assert first["slug"] == "how-to-train-your-dragon"
    assert sorted(first["tagList"]) == ["dragons", "training"]
    assert (first["favorited"], first["favoritesCount"], first["author"]["username"]) == (False, 0, "amy")
    again = contract.ask("POST", "/articles", 201, {"article": given}, jim)["article"]
    assert again["slug"] != first["slug"] and again["tagList"] == []
    contract.ask("POST", "/articles", 401, {"article": given})
    blank = contract.ask("POST", "/articles", 422, {"article": {**given, "title": ""}}, jim)
    assert blank == {"errors": {"title": ["can't be blank"]}}
    slug = f"/articles/{first['slug']}"
    assert contract.ask("GET", slug, 200)["article"] == first
    contract.ask("GET", "/articles/none", 404)
    for _ in range(2):
        liked = contract.ask("POST", f"{slug}/favorite", 200, token=jim)["article"]
        assert (liked["favorited"], liked["favoritesCount"]) == (True, 1)
    _lists(contract, jim)
    disliked = contract.ask("DELETE", f"{slug}/favorite", 200, token=jim)["article"]
    assert (disliked["favorited"], disliked["favoritesCount"]) == (False, 0)
    for method in ("POST", "DELETE"):
        contract.ask(method, f"{slug}/favorite", 401)
        contract.ask(method, "/articles/none/favorite", 404, token=jim)
    assert contract.ask("GET", "/tags", 200) == {"tags": ["dragons", "training"]}
    refused = contract.ask("PUT", slug, 403, {"article": {"body": "x"}}, jim)
    assert refused == {"errors": {"article": ["forbidden"]}}
    contract.ask("PUT", slug, 401, {"article": {"body": "x"}})
    contract.ask("PUT", "/articles/none", 404, {"article": {"body": "x"}}, amy)
    contract.ask("PUT", slug, 422, {"article": {"title": ""}}, amy)
    changed = contract.ask("PUT", slug, 200, {"article": {"title": "Did you train your dragon?"}}, amy)
    assert changed["article"]["slug"] == "did-you-train-your-dragon"
    assert changed["article"]["createdAt"] == first["createdAt"] < changed["article"]["updatedAt"]
    return str(changed["article"]["slug"])


def _lists(contract: Contract, jim: str) -> None:
    every = contract.ask("GET", "/articles", 200)
    assert every["articlesCount"] == 2
    assert [each["author"]["username"] for each in every["articles"]] == ["jim", "amy"], "the newest first"
    one = contract.ask("GET", "/articles?limit=1&offset=1", 200, token=jim)
    assert (one["articlesCount"], len(one["articles"]), one["articles"][0]["favorited"]) == (2, 1, True)
    for query, count in (
        ("tag=dragons", 1),
        ("tag=none", 0),
        ("author=amy", 1),
        ("favorited=jim", 1),
        ("favorited=amy", 0),
        ("author=amy&tag=training&favorited=jim", 1),
    ):
        assert contract.ask("GET", f"/articles?{query}", 200)["articlesCount"] == count, query
    contract.ask("GET", "/articles?limit=none", 422)
    contract.ask("GET", "/articles/feed", 401)
    assert contract.ask("GET", "/articles/feed", 200, token=jim) == {"articles": [], "articlesCount": 0}
    contract.ask("POST", "/profiles/amy/follow", 200, token=jim)
    feed = contract.ask("GET", "/articles/feed?limit=5&offset=0", 200, token=jim)
    assert feed["articlesCount"] == 1
    assert feed["articles"][0]["author"] == {
        "username": "amy",
        "bio": None,
        "image": None,
        "following": True,
    }


def _comments(contract: Contract, jim: str, amy: str, slug: str) -> None:
    path = f"/articles/{slug}/comments"
    made = contract.ask("POST", path, 201, {"comment": {"body": "His name was my name too."}}, jim)["comment"]
    assert (made["body"], made["author"]["username"]) == ("His name was my name too.", "jim")
    contract.ask("POST", path, 401, {"comment": {"body": "x"}})
    blank = contract.ask("POST", path, 422, {"comment": {"body": ""}}, jim)
    assert blank == {"errors": {"body": ["can't be blank"]}}
    contract.ask("POST", "/articles/none/comments", 404, {"comment": {"body": "x"}}, jim)
    assert [each["id"] for each in contract.ask("GET", path, 200)["comments"]] == [made["id"]]
    assert contract.ask("GET", path, 200, token=amy)["comments"][0]["author"]["following"] is False
    contract.ask("GET", "/articles/none/comments", 404)
    refused = contract.ask("DELETE", f"{path}/{made['id']}", 403, token=amy)
    assert refused == {"errors": {"comment": ["forbidden"]}}
    contract.ask("DELETE", f"{path}/{made['id']}", 401)
    contract.ask("DELETE", f"{path}/{made['id']}", 204, token=jim)
    contract.ask("DELETE", f"{path}/{made['id']}", 404, token=jim)


def test_the_description_has_the_operations_of_the_contract(up: Running) -> None:
    """The description that the service gives of itself names the same paths, methods, statuses and members."""
    own = json.loads(httpx.get(f"{up.backend.url}/openapi.json").text)
    for path, item in CONTRACT["paths"].items():
        for method, operation in item.items():
            described = own["paths"][f"/api{path}"][method]
            missing = set(operation["responses"]) - set(described["responses"])
            assert missing <= {"409"}, (path, method, missing)


def test_there_is_no_code_by_hand() -> None:
    assert not list(EXAMPLE.rglob("*.py"))
