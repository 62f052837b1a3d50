"""Values that a new row takes from its caller, and lists that are filtered and counted: asked of a running service."""

from collections.abc import Iterator

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres

LINES = [{"text": "one"}]


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("notebook", tmp_path_factory.mktemp("notebook")) as found:
        yield found


def _client(up: Running) -> httpx.Client:
    return client_of(up, "demo.ann", "member")


def test_a_new_row_is_the_callers(up: Running) -> None:
    with _client(up) as client:
        (ann,) = client.get("/v1/users").json()["items"]
        body = {"title": "mine", "lines": LINES}
        note = client.post("/v1/notes?expand=lines", json=body).json()
        assert {note["author_id"], note["keeper_id"], note["reviewer_id"]} == {ann["id"]}
        assert [line["by_id"] for line in note["lines"]] == [ann["id"]]
        assert client.post("/v1/profiles", json={"motto": "on"}).json()["user_id"] == ann["id"]


def test_what_may_be_given_is_kept_when_it_is(up: Running) -> None:
    with _client(up) as client:
        body = {"title": "t", "reviewer_id": None, "lines": LINES}
        note = client.post("/v1/notes", json=body).json()
        assert note["reviewer_id"] is None


@pytest.mark.parametrize("member", ["author_id", "department"])
def test_what_is_the_callers_cannot_be_given(up: Running, member: str) -> None:
    with _client(up) as client:
        answer = client.post("/v1/notes", json={"title": "t", "lines": LINES, member: "x"})
    assert answer.status_code == 422 and member in answer.text


def test_graphql_takes_it_from_the_caller_too(up: Running) -> None:
    note = '{title: "g", lines: [{text: "l"}]}'
    ask = f"mutation {{ createNote(input: {note}) {{ author {{ name }} }} }}"
    with _client(up) as client:
        answer = client.post("/graphql", json={"query": ask}).json()
    assert answer["data"]["createNote"]["author"]["name"] == "Ann"


@pytest.mark.parametrize(
    ("query", "titles"),
    [
        ("title[startswith]=fir", ["first"]),
        ("title[startswith]=%25", []),
        ("department[isnull]=false", []),
        ("reviewer_id[isnull]=true&title[startswith]=fir", ["first"]),
    ],
)
def test_a_list_is_filtered_and_counted(up: Running, query: str, titles: list[str]) -> None:
    with _client(up) as client:
        page = client.get(f"/v1/notes?{query}&total=true").json()
    assert [note["title"] for note in page["items"]] == titles
    assert page["total"] == len(titles)


def test_the_total_is_that_of_all_pages(up: Running) -> None:
    with _client(up) as client:
        for title in ("one", "two"):
            client.post("/v1/notes", json={"title": title, "lines": LINES})
        first = client.get("/v1/notes?total=true&limit=1").json()
        following = {"total": "true", "limit": "1", "cursor": first["next_cursor"]}
        assert client.get("/v1/notes", params=following).json()["total"] == first["total"] >= 3
        assert "total" not in client.get("/v1/notes").json()
        asked = client.post("/graphql", json={"query": "{ notes(first: 1) { totalCount } }"}).json()
        assert asked["data"]["notes"]["totalCount"] == first["total"]
        assert client.get("/v1/notes?total=yes").status_code == 422


@pytest.mark.parametrize(
    ("roles", "least", "status"),
    [(["member"], 5, 200), (["member"], 100, 403), (["admin"], 100, 200), (["other"], 0, 403), ([], 0, 403)],
)
def test_one_allow_that_holds_is_enough(up: Running, roles: list[str], least: int, status: int) -> None:
    headers = {"Authorization": f"Bearer {up.token('demo.ann', *roles)}"}
    with httpx.Client(base_url=up.backend.url, headers=headers) as client:
        assert client.get(f"/v1/matching?least={least}").status_code == status


def test_an_allow_for_callers_without_a_token(up: Running) -> None:
    with httpx.Client(base_url=up.backend.url) as client:
        assert client.get("/v1/matching?least=0").status_code == 200
        assert client.get("/v1/matching?least=1").status_code in (401, 403)


def test_what_an_operation_sets_needs_no_code(up: Running) -> None:
    with _client(up) as client:
        place = (
            "/v1/papers/" + client.post("/v1/papers", json={"title": "one", "views": 2**31 - 2}).json()["id"]
        )
        assert client.post(place + "/view").json()["views"] == 2**31 - 1
        assert client.post(place + "/view").status_code == 422  # no number that the column holds
        assert client.post(place + "/rename", json={"title": "two"}).status_code == 204
        assert client.post(place + "/rename", json={"title": "longer than the field"}).status_code == 422
        assert client.post(place + "/release").json()["phase"] == "shared"
        assert client.post(place + "/release").json()["title"] == "two"
        assert client.post(place + "/withdraw").json()["phase"] == "draft"
