"""Lists asked along relations, by computed values and by values in lists: the same over REST and GraphQL, and nothing of rows that the
caller may not read."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import httpx
import pytest

from bdc.stack.up import Running
from tests.support.graphql_audit import asked_and_missed
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres

SPEC = Path(__file__).parents[1] / "systems" / "press"


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("press", tmp_path_factory.mktemp("press")) as found:
        yield found


def _client(up: Running, caller: str, role: str) -> httpx.Client:
    return client_of(up, f"one.{caller}", role)


READER, ANN, CHIEF = ("bob", "reader"), ("ann", "reader"), ("bob", "chief")

ASKED = [
    (READER, "author=ann", 'author: {eq: "ann"}', {"rye"}),
    (READER, "author[in]=ann,bob", 'author: {in: ["ann", "bob"]}', {"rye", "oat"}),
    (READER, "author[startswith]=a", 'author: {startswith: "a"}', {"rye"}),
    # The writer `old` is retired: a reader finds no article by a value of that row, nor by its absence.
    (READER, "author=old", 'author: {eq: "old"}', set()),
    (CHIEF, "author=old", 'author: {eq: "old"}', {"ash"}),
    (READER, "editor[ne]=x", 'editor: {ne: "x"}', {"rye"}),
    (CHIEF, "editor[ne]=x", 'editor: {ne: "x"}', {"rye", "oat"}),
    (READER, "editor.desk_id[isnull]=true", "editorDeskId: {isnull: true}", {"rye"}),
    (CHIEF, "editor.desk_id[isnull]=true", "editorDeskId: {isnull: true}", {"rye", "oat"}),
    # A desk is for chiefs alone.
    (READER, "author.desk.title[contains]=loc", 'authorDeskTitle: {contains: "loc"}', set()),
    (CHIEF, "author.desk.title[contains]=loc", 'authorDeskTitle: {contains: "loc"}', {"rye"}),
    (READER, "tag=bread", 'tag: {eq: "bread"}', {"rye"}),
    (READER, "tag[in]=jam,bread", 'tag: {in: ["jam", "bread"]}', {"rye"}),
    (READER, "favorited=bob", 'favorited: {eq: "bob"}', {"rye"}),
    # What ann likes in private is known to ann alone.
    (READER, "favorited=ann", 'favorited: {eq: "ann"}', set()),
    (CHIEF, "favorited=ann", 'favorited: {eq: "ann"}', set()),
    (ANN, "favorited=ann", 'favorited: {eq: "ann"}', {"oat"}),
    (READER, "favourites.weight[gt]=4", "favouritesWeight: {gt: 4}", {"rye"}),
    (READER, "favourites.weight[lte]=4", "favouritesWeight: {lte: 4}", set()),
    (ANN, "favourites.weight[lte]=4", "favouritesWeight: {lte: 4}", {"oat"}),
    (READER, "words[contains]=b", 'words: {contains: "b"}', {"rye", "ash"}),
    (READER, "words[contains]=c", 'words: {contains: "c"}', set()),
    (READER, "marks[contains]=2", "marks: {contains: 2}", {"rye"}),
    (READER, "favourite_count=1", "favouriteCount: {eq: 1}", {"rye"}),
    (ANN, "favourite_count[gte]=1", "favouriteCount: {gte: 1}", {"rye", "oat"}),
    (READER, "author.article_count[gte]=1", "authorArticleCount: {gte: 1}", {"rye", "oat"}),
    (READER, "doubled=2.5", 'doubled: {eq: "2.5"}', {"rye"}),
    (READER, "doubled[isnull]=true", "doubled: {isnull: true}", {"ash"}),
    (READER, "age[lt]=PT1H", 'age: {lt: "PT1H"}', {"rye", "oat", "ash"}),
    (READER, "author=ann&tag=bread", 'author: {eq: "ann"}, tag: {eq: "bread"}', {"rye"}),
    (READER, "author=bob&tag=bread", 'author: {eq: "bob"}, tag: {eq: "bread"}', set()),
]


@pytest.mark.parametrize(("caller", "query", "graphql", "slugs"), ASKED)
def test_a_list_is_asked(
    up: Running, caller: tuple[str, str], query: str, graphql: str, slugs: set[str]
) -> None:
    with _client(up, *caller) as client:
        page = client.get(f"/v1/articles?{query}&total=true")
        asked = {"query": f"{{ articles(filter: {{{graphql}}}) {{ totalCount nodes {{ slug }} }} }}"}
        answer = client.post("/graphql", json=asked).json()
    assert page.status_code == 200, page.text
    assert {row["slug"] for row in page.json()["items"]} == slugs
    assert page.json()["total"] == len(slugs)
    assert {row["slug"] for row in answer["data"]["articles"]["nodes"]} == slugs
    assert answer["data"]["articles"]["totalCount"] == len(slugs)


ORDERED = [
    (READER, "author.username", ["rye", "oat", "ash"]),
    (READER, "-author.username", ["oat", "rye", "ash"]),
    (CHIEF, "-author.username", ["ash", "oat", "rye"]),
    (READER, "-favourite_count", ["rye"]),
    (READER, "doubled", ["rye", "oat", "ash"]),
    (READER, "-doubled", ["oat", "rye", "ash"]),
]


@pytest.mark.parametrize(("caller", "sort", "slugs"), ORDERED)
def test_a_list_is_sorted_page_by_page(
    up: Running, caller: tuple[str, str], sort: str, slugs: list[str]
) -> None:
    """Rows that the caller may not read sort as if they were not there, and pages of one row make the whole list."""
    found: list[str] = []
    with _client(up, *caller) as client:
        asked: dict[str, str] | None = {"sort": sort, "limit": "1"}
        while asked is not None:
            page = client.get("/v1/articles", params=asked).json()
            found += [row["slug"] for row in page["items"]]
            cursor = page["next_cursor"]
            asked = {"sort": sort, "limit": "1", "cursor": cursor} if cursor else None
        name = sort.removeprefix("-").replace(".", "_").upper() + ("_DESC" if "-" in sort else "_ASC")
        answer = client.post(
            "/graphql", json={"query": f"{{ articles(sort: {name}) {{ nodes {{ slug }} }} }}"}
        )
    assert len(found) == 3
    assert found[: len(slugs)] == slugs
    assert [row["slug"] for row in answer.json()["data"]["articles"]["nodes"]] == found


def test_other_lists(up: Running) -> None:
    with _client(up, *CHIEF) as client:
        writers = client.get("/v1/writers?desk.title=Local").json()["items"]
        assert [row["username"] for row in writers] == ["ann"]
        first = client.get("/v1/writers?sort=desk.title").json()["items"][0]
        assert first["username"] == "ann"
        tagged = client.get("/v1/writers?articles.tags=bread").json()["items"]
        assert [row["username"] for row in tagged] == ["ann"]
        liked = client.get("/v1/favourites?article.slug=rye").json()["items"]
        assert len(liked) == 1
        assert client.get("/v1/favourites?article.author.username[ne]=ann").json()["items"] == []
        assert client.get("/v1/articles?author.desk=x").status_code == 400


def test_pages_by_offset(up: Running) -> None:
    with _client(up, *CHIEF) as client:
        first = client.get("/v1/writers").json()
        assert [row["username"] for row in first["items"]] == ["old", "bob"]
        assert set(first) == {"items", "total"} and first["total"] == 3
        rest = client.get("/v1/writers?offset=2&limit=5").json()
        assert [row["username"] for row in rest["items"]] == ["ann"] and rest["total"] == 3
        assert client.get("/v1/writers?offset=7").json() == {"items": [], "total": 3}
        assert client.get("/v1/writers?sort=username&limit=1").json()["items"][0]["username"] == "ann"
        assert client.get("/v1/tags").json() == {"items": [{"name": "bread"}]}
        for wrong, status in (
            ("offset=-1", 422),
            ("offset=x", 422),
            ("offset=99999999999", 422),
            ("cursor=a", 400),
        ):
            assert client.get(f"/v1/writers?{wrong}").status_code == status, wrong
        assert client.get("/v1/articles?offset=1").status_code == 400
        query = "{ writers(first: 1, offset: 1) { totalCount pageInfo { hasNextPage endCursor } nodes { username } } }"
        page = client.post("/graphql", json={"query": query}).json()["data"]["writers"]
        assert (page["nodes"], page["totalCount"]) == ([{"username": "bob"}], 3)
        after = page["pageInfo"]["endCursor"]
        query = f'{{ writers(after: "{after}") {{ nodes {{ username }} }} }}'
        last = client.post("/graphql", json={"query": query}).json()["data"]["writers"]["nodes"]
        assert last == [{"username": "ann"}]
        refused = client.post("/graphql", json={"query": "{ writers(offset: -1) { nodes { username } } }"})
        assert refused.json()["errors"]


def test_the_order_of_a_list_that_is_not_sorted(up: Running) -> None:
    with _client(up, *ANN) as client:
        weights = [row["weight"] for row in client.get("/v1/favourites").json()["items"]]
        assert weights == [5, 1]
        page = client.get("/v1/favourites?limit=1").json()
        following = client.get("/v1/favourites", params={"limit": "1", "cursor": page["next_cursor"]}).json()
        assert [row["weight"] for row in following["items"]] == [1]
        query = "{ favourites { nodes { weight } } }"
        nodes = client.post("/graphql", json={"query": query}).json()["data"]["favourites"]["nodes"]
        assert [row["weight"] for row in nodes] == [5, 1]


ALL = frozenset({"rye", "oat", "ash"})
LISTED = "{ totalCount nodes { slug } }"


def _condition(chance: Random, caller: tuple[str, str], depth: int) -> tuple[dict[str, Any], frozenset[str]]:
    """Return a random filter and the rows that it finds, from the rows that its parts find."""
    if depth and chance.random() < 0.7:
        word = chance.choice(("and", "or", "not"))
        parts = [
            _condition(chance, caller, depth - 1) for _ in range(1 if word == "not" else chance.randint(0, 3))
        ]
        given = parts[0][0] if word == "not" else [part for part, _ in parts]
        sets = [found for _, found in parts]
        if word == "not":
            return {"not": given}, ALL - sets[0]
        empty = ALL if word == "and" else frozenset[str]()
        join = frozenset.intersection if word == "and" else frozenset.union
        return {word: given}, frozenset(join(*sets)) if sets else empty
    _, _, text, slugs = chance.choice([each for each in ASKED if each[0] == caller])
    made: dict[str, Any] = json.loads("{" + re.sub(r"(\w+):", r'"\1":', text) + "}")
    return made, frozenset(slugs)


def _literal(value: Any) -> str:
    if isinstance(value, dict):
        return "{" + ", ".join(f"{name}: {_literal(item)}" for name, item in value.items()) + "}"
    return f"[{', '.join(map(_literal, value))}]" if isinstance(value, list) else json.dumps(value)


@pytest.mark.parametrize("caller", [READER, ANN, CHIEF])
def test_filters_are_combined(up: Running, caller: tuple[str, str]) -> None:
    """A filter of filters finds what its parts find, put together: written in the document or sent as a variable."""
    chance = Random(f"lists {caller}")
    with _client(up, *caller) as client:
        for _ in range(12):
            given, slugs = _condition(chance, caller, 3)
            written = {"query": f"{{ articles(filter: {_literal(given)}) {LISTED} }}"}
            query = f"query($f: ArticleFilter) {{ articles(filter: $f) {LISTED} }}"
            for asked in (written, {"query": query, "variables": {"f": given}}):
                answer = client.post("/graphql", json=asked).json()
                page = answer["data"]["articles"]
                assert {row["slug"] for row in page["nodes"]} == slugs, asked
                assert page["totalCount"] == len(slugs), asked


def test_filters_are_combined_within_bounds(up: Running) -> None:
    one = {"author": {"eq": "ann"}}
    deep: dict[str, Any] = one
    for _ in range(400):
        deep = {"not": deep}
    texts = ["{not: " * 400 + "{}" + "}" * 400]
    refused = [{"or": [one] * 51}, {"not": {"not": {"not": {"not": {"not": {"not": one}}}}}}]
    refused += [
        {"or": [None]},
        {"not": None},
        {"and": [one, {"editorId": None}]},
        {"or": [{"not": {"x": 1}}]},
    ]
    texts += [_literal(given) for given in refused]
    query = f"query($f: ArticleFilter) {{ articles(filter: $f) {LISTED} }}"
    asked = [{"query": query, "variables": {"f": given}} for given in (deep, deep["not"], *refused)]
    asked += [{"query": f"{{ articles(filter: {text}) {LISTED} }}"} for text in texts]
    with _client(up, *READER) as client:
        for document in asked:
            answer = client.post("/graphql", json=document)
            assert answer.status_code < 500, document
            assert answer.json()["errors"][0]["extensions"]["status"] == 400, document
        whole = client.post(
            "/graphql",
            json={
                "query": f"query($f: [ArticleFilter!]!, $g: ArticleFilter!) {{ articles(filter: {{or: $f, and: [$g]}}) {LISTED} }}",
                "variables": {"f": [one, {"author": {"eq": "bob"}}], "g": {"not": {"tag": {"eq": "bread"}}}},
            },
        ).json()
        assert [row["slug"] for row in whole["data"]["articles"]["nodes"]] == ["oat"]


def test_rows_in_groups(up: Running) -> None:
    """A view that groups shows what its caller may read: of a retired author nothing to readers, since it shows the name."""
    with _client(up, *CHIEF) as client:
        page = client.get("/v1/dailies?total=true").json()
        assert page["total"] == 3
        rows = {row["named"]: row for row in page["items"]}
        assert [row["points"] for row in page["items"]] == [3, 2, 1]
        rye = rows["ann"]
        assert (rye["articles"], rye["dearest"], rye["worth"]) == (1, "1.25", "7")
        assert float(rye["mean"]) == 3 and rows["old"]["dearest"] is None
        assert client.get(f"/v1/dailies/{rye['author_id']}/{rye['day']}").json()["named"] == "ann"
        assert [row["named"] for row in client.get("/v1/dailies?author.username=bob").json()["items"]] == [
            "bob"
        ]
        assert client.get("/v1/dailies?mean[gt]=2.5").json()["items"] == [rye]
        assert client.get("/v1/dailies?limit=1&sort=-day").json()["next_cursor"]
        devoted = client.get("/v1/devoteds").json()["items"]
        assert devoted == [{"fan": "bob", "liked": 1, "heavy": 1}]
        query = "{ dailies(filter: {points: {eq: 3}}) { nodes { articles author { username } } } }"
        refused = client.post("/graphql", json={"query": query}).json()
        assert refused["errors"]
        query = (
            "{ dailies(filter: {articles: {eq: 1}}, first: 1) { nodes { articles author { username } } } }"
        )
        answer = client.post("/graphql", json={"query": query}).json()
        assert answer["data"]["dailies"]["nodes"] == [{"articles": 1, "author": {"username": "ann"}}]
    with _client(up, *READER) as client:
        assert {row["named"] for row in client.get("/v1/dailies").json()["items"]} == {"ann", "bob"}
        assert client.get("/v1/devoteds").status_code == 403


@pytest.mark.tool
def test_graphql_over_http_passes_the_audit(up: Running) -> None:
    """All that graphql-http asks of a server, what it may do as well as what it must."""
    assert asked_and_missed(up.backend.url + "/graphql", up.token("one.bob", "reader")) == (61, [])


def test_only_the_members_that_are_wanted(up: Running) -> None:
    with _client(up, *READER) as client:
        page = client.get("/v1/articles?fields=score,slug&expand=author&author=ann").json()
        assert page["items"][0].keys() == {"slug", "score", "author"} and page["items"][0]["slug"] == "rye"
        (row,) = client.get("/v1/articles?fields=id&author=ann").json()["items"]
        assert client.get(f"/v1/articles/{row['id']}?fields=doubled,slug").json() == {
            "slug": "rye",
            "doubled": "2.5",
        }
        assert len(client.get(f"/v1/articles/{row['id']}").json()) > 10
        for wrong, status in (("fields=", 422), ("fields=nothing", 422), ("fields=id,id", 422)):
            assert client.get(f"/v1/articles?{wrong}").status_code == status, wrong
            assert client.get(f"/v1/articles/{row['id']}?{wrong}").status_code == status, wrong
        assert client.get("/v1/writers?fields=id").status_code == 400


def test_what_the_caller_may_do_is_the_same_over_rest_and_both_ways_of_graphql(up: Running) -> None:
    """`__schema` in a document makes the resolvers answer it."""
    for caller in (READER, ANN, CHIEF):
        with _client(up, *caller) as client:
            rows = client.get("/v1/articles?_can=true&fields=slug").json()["items"]
            assert rows and all(row.keys() == {"slug", "_can"} for row in rows)
            told = {row["slug"]: row["_can"] for row in rows}
            for more in ("", "__schema { queryType { name } }"):
                query = f"{{ articles {{ nodes {{ slug _can {{ {' '.join(rows[0]['_can'])} }} }} }} {more} }}"
                nodes = client.post("/graphql", json={"query": query}).json()["data"]["articles"]["nodes"]
                assert {node["slug"]: node["_can"] for node in nodes} == told
            assert "_can" not in client.get("/v1/articles").json()["items"][0]
            assert client.get("/v1/articles?_can=yes").status_code == 422
            assert client.get("/v1/writers?_can=true").status_code == 400


SEARCHED = [
    ("flour", ["rye", "oat"]),
    ("flo", ["rye", "oat"]),
    ("flour mil", ["oat"]),
    ("flour -wat", ["oat"]),
    ('flour -"rye flour"', ["oat"]),
    ("water or noth", ["rye", "ash"]),
    ('"rye fl', ["rye"]),
    ("our", []),
    ("the", []),
    ("'", []),
    ("!&|:*", []),
]


@pytest.mark.parametrize(("words", "slugs"), SEARCHED)
def test_the_best_matches_come_first(up: Running, words: str, slugs: list[str]) -> None:
    """The last word may be a beginning, and pages of one row make the whole list in its order."""
    with _client(up, *READER) as client:
        found: list[str] = []
        asked: dict[str, str] | None = {"q": words, "limit": "1"}
        while asked is not None:
            answer = client.get("/v1/articles", params=asked)
            assert answer.status_code == 200, answer.text
            found += [row["slug"] for row in answer.json()["items"]]
            cursor = answer.json()["next_cursor"]
            asked = {"q": words, "limit": "1", "cursor": cursor} if cursor else None
        assert sorted(found) == sorted(slugs)
        assert found == slugs or words == "water or noth"
        query = f"{{ articles(search: {json.dumps(words)}) {{ nodes {{ slug }} edges {{ cursor }} }} }}"
        page = client.post("/graphql", json={"query": query}).json()["data"]["articles"]
        assert [row["slug"] for row in page["nodes"]] == found
        if len(found) == 2:
            after = page["edges"][0]["cursor"]
            query = f'{{ articles(search: {json.dumps(words)}, after: "{after}") {{ nodes {{ slug }} }} }}'
            rest = client.post("/graphql", json={"query": query}).json()["data"]["articles"]["nodes"]
            assert [row["slug"] for row in rest] == found[1:]
        sorted_ = client.get("/v1/articles", params={"q": words, "sort": "score"}).json()["items"]
        assert [row["slug"] for row in sorted_] == sorted(slugs, key=["ash", "oat", "rye"].index)


ALIKE = [
    ("local", {"Local"}),
    ("Locl", {"Local"}),
    ("locall", {"Local"}),
    ("foreign", set()),
    ('"locl"', set()),
    ("-locl", {"Local"}),  # what does not hold this word
    ("%", set()),
]


@pytest.mark.parametrize(("words", "titles"), ALIKE)
def test_words_that_are_alike_are_found(up: Running, words: str, titles: set[str]) -> None:
    with _client(up, *CHIEF) as client:
        answer = client.get("/v1/desks", params={"q": words})
        assert answer.status_code == 200, answer.text
        found = {row["title"] for row in answer.json()["items"]}
        query = f"{{ desks(search: {json.dumps(words)}) {{ nodes {{ title }} }} }}"
        nodes = client.post("/graphql", json={"query": query}).json()["data"]["desks"]["nodes"]
        assert found == {row["title"] for row in nodes}
        assert found == titles
    with _client(up, *READER) as client:
        assert client.get("/v1/desks", params={"q": words}).status_code == 403
