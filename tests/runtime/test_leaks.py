"""Side doors: what a caller may not read must not come out by another way, whichever layer of policy stands alone.

Each test is run three times: against the whole backend, without row level security, and without policy in the statements.
"""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import httpx
import pytest

from bdc.stack import Server
from tests.runtime.ward_world import Ward, key, running_ward

pytestmark = pytest.mark.postgres

LAYERS = {
    "whole": {"inline_policies": True, "row_security": True},
    "statements_alone": {"inline_policies": True, "row_security": False},
    "row_security_alone": {"inline_policies": False, "row_security": True},
}
SECRETS = ("gout", "remark of second", "remark of fourth", "line of second", "line of fourth", "1000")


@pytest.fixture(scope="module", params=LAYERS)
def ward(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, postgres_server: Server
) -> Iterator[Ward]:
    folder = tmp_path_factory.mktemp("ward")
    with running_ward(folder, postgres_server, f"ward_{request.param}", **LAYERS[request.param]) as found:
        yield found


@pytest.fixture
def ann(ward: Ward) -> httpx.Client:
    """She treats Alma, and carries no role."""
    return ward.client("north.ann")


@pytest.fixture
def nurse(ward: Ward) -> httpx.Client:
    return ward.client("north.ann", "nurse")


@pytest.fixture
def chief(ward: Ward) -> httpx.Client:
    return ward.client("north.ann", "chief")


@pytest.fixture
def sam(ward: Ward) -> httpx.Client:
    """Chief of another clinic."""
    return ward.client("south.sam", "chief")


def body(answer: httpx.Response, status: int = 200) -> Any:
    assert answer.status_code == status, answer.text
    return answer.json()


def refusal(answer: httpx.Response) -> dict[str, Any]:
    """A refusal without what tells one request from another, and without the key that was asked for."""
    found: dict[str, Any] = body(answer, answer.status_code)
    found.pop("request_id")
    return {**found, "status": answer.status_code}


def graphql(client: httpx.Client, query: str, **variables: Any) -> Any:
    found = body(client.post("/graphql", json={"query": query, "variables": variables}))
    assert "errors" not in found, found
    return found


def test_what_is_computed_counts_only_what_the_caller_may_read(
    ann: httpx.Client, chief: httpx.Client, nurse: httpx.Client
) -> None:
    for client in (ann, nurse, chief):
        alma = body(client.get(f"/v1/patients/{key('alma')}"))
        assert (alma["visit_count"], alma["fees"]) == (1, "10.00")
        shown = graphql(client, "query($id: ID!) { patient(id: $id) { visitCount fees } }", id=key("alma"))
        assert shown["data"]["patient"] == {"visitCount": 1, "fees": "10.00"}
        changed = client.patch(f"/v1/patients/{key('alma')}", json={"name": "alma"})
        assert (body(changed)["visit_count"], changed.json()["fees"]) == (1, "10.00")
    (alma, bert) = body(chief.get("/v1/patients?sort=name"))["items"]
    assert (bert["visit_count"], bert["fees"]) == (1, "7.00")


def test_related_rows_that_are_hidden_are_not_there(ann: httpx.Client, nurse: httpx.Client) -> None:
    alma = body(ann.get(f"/v1/patients/{key('alma')}?expand=visits,referred_by"))
    assert alma["referred_by"] is None
    assert [visit["id"] for visit in alma["visits"]] == [key("first")]
    assert [line["label"] for line in alma["visits"][0]["lines"]] == ["line of first"]
    third = body(nurse.get(f"/v1/visits/{key('third')}?expand=patient,lines"))
    assert third["patient"] is None
    assert body(nurse.get(f"/v1/visits/{key('first')}?expand=patient"))["patient"]["id"] == key("alma")


NESTED = """
query($alma: ID!, $bert: ID!, $third: ID!) {
  alma: patient(id: $alma) {
    name diagnosis referredBy { name diagnosis }
    visits(first: 5) { remark patient { name visits(first: 5) { remark lines(first: 2) { label } } } }
  }
  bert: patient(id: $bert) { name diagnosis visits(first: 5) { remark } }
  third: visit(id: $third) { remark patient { name diagnosis visits(first: 5) { remark } } }
  other: visits(first: 5) {
    nodes { remark lines(first: 2) { label } patient { diagnosis referredBy { diagnosis } } }
  }
  again: patients(first: 5) { nodes { diagnosis visits(first: 5) { remark fee } } edges { cursor node { name } } }
}
"""


def test_no_path_of_a_graph_query_leads_to_what_is_hidden(ann: httpx.Client, nurse: httpx.Client) -> None:
    for client in (ann, nurse):
        found = graphql(client, NESTED, alma=key("alma"), bert=key("bert"), third=key("third"))
        assert found["data"]["alma"]["diagnosis"] == "flu"
        assert (found["data"]["bert"], found["data"]["third"]["patient"]) == (None, None)
        text = json.dumps(found)
        assert not [secret for secret in SECRETS if secret in text]


def test_masks_hold_on_every_way_to_a_field(chief: httpx.Client, ann: httpx.Client) -> None:
    """The chief does not treat Bert; Ann does not know numbers."""
    for path in (f"/v1/patients/{key('bert')}", "/v1/patients", f"/v1/visits/{key('third')}?expand=patient"):
        text = chief.get(path).text
        assert "gout" not in text
        assert '"hidden"' in text
    shown = (
        graphql(chief, "{ patients(sort: NAME_ASC) { nodes { diagnosis weight } edges { cursor } } }") or {}
    )
    bert = body(chief.patch(f"/v1/patients/{key('bert')}", json={"name": "bert"}))
    assert (bert["diagnosis"], bert["weight"]) == ("hidden", None)
    assert "gout" not in json.dumps(shown)
    assert body(ann.get(f"/v1/patients/{key('alma')}"))["number"] == "***"


@pytest.mark.parametrize("member", ["number", "weight", "diagnosis", "visit_count", "fees", "clinic_id"])
def test_nothing_is_found_or_sorted_by_what_is_not_offered(chief: httpx.Client, member: str) -> None:
    for query in (f"{member}=x", f"sort={member}", f"sort=-{member}", f"{member}[gte]=1"):
        assert chief.get(f"/v1/patients?{query}").status_code in (400, 422), query


@pytest.mark.parametrize(
    ("kind", "method", "hidden", "given"),
    [
        ("patients", "GET", "bert", None),
        ("patients", "GET", "gone", None),
        ("patients", "GET", "stranger", None),
        ("patients", "PATCH", "bert", {"name": "x"}),
        ("patients", "PATCH", "gone", {"name": "x"}),
        ("patients", "PATCH", "stranger", {"number": "x"}),
        ("visits", "GET", "second", None),
        ("visits", "GET", "far", None),
        ("visits", "PATCH", "second", {"remark": "x"}),
        ("visits", "PATCH", "far", {"confidential": True}),
    ],
)
def test_a_hidden_row_answers_like_one_that_is_not_there(
    nurse: httpx.Client, ann: httpx.Client, kind: str, method: str, hidden: str, given: Any
) -> None:
    for client, headers in product((nurse, ann), ({}, {"if-match": '"77"'})):
        asked = [
            client.request(method, f"/v1/{kind}/{key(name)}", json=given, headers=headers)
            for name in (hidden, "nobody")
        ]
        assert refusal(asked[0]) == refusal(asked[1])
        assert asked[0].status_code in (403, 404)


def test_deleting_tells_nothing_of_hidden_rows(chief: httpx.Client, sam: httpx.Client) -> None:
    for client, path in (
        (chief, f"/v1/visits/{key('second')}"),
        (chief, f"/v1/patients/{key('gone')}"),
        (sam, f"/v1/patients/{key('alma')}"),
        (sam, f"/v1/visits/{key('first')}"),
    ):
        missing = client.delete(path.rpartition("/")[0] + "/" + key("nobody"))
        assert refusal(client.delete(path)) == refusal(missing)
    assert body(chief.get(f"/v1/visits/{key('first')}"))["remark"] == "remark of first"


def test_a_reference_to_a_hidden_row_is_one_to_nothing(ann: httpx.Client, chief: httpx.Client) -> None:
    def given(client: httpx.Client, member: str, name: str) -> dict[str, Any]:
        path = f"/v1/patients/{key('alma')}"
        return refusal(client.patch(path, json={member: key(name)}))

    for client, member, hidden in (
        (ann, "referred_by_id", "bert"),
        (ann, "referred_by_id", "gone"),
        (chief, "referred_by_id", "stranger"),
        (chief, "referred_by_id", "gone"),
        (chief, "doctor_id", "stranger"),
    ):
        assert given(client, member, hidden) == given(client, member, "nobody")
    visit = {"doctor_id": ann_key(chief), "lines": [], "patient_id": key("stranger")}
    foreign = refusal(chief.post("/v1/visits", json=visit))
    assert foreign == refusal(chief.post("/v1/visits", json={**visit, "patient_id": key("nobody")}))
    assert foreign["status"] == 422


def ann_key(client: httpx.Client) -> str:
    return str(body(client.get(f"/v1/visits/{key('first')}"))["doctor_id"])


def test_filters_by_hidden_rows_find_only_what_is_readable(nurse: httpx.Client, sam: httpx.Client) -> None:
    assert [item["id"] for item in body(nurse.get(f"/v1/visits?patient_id={key('bert')}"))["items"]] == [
        key("third")
    ]
    assert body(sam.get(f"/v1/visits?patient_id={key('alma')}"))["items"] == []
    assert body(nurse.get("/v1/patients?q=bert"))["items"] == []
    assert body(nurse.get("/v1/visits?confidential=true"))["items"] == []


def test_a_cursor_carries_nobody_across_the_wall(chief: httpx.Client, sam: httpx.Client) -> None:
    page = body(chief.get("/v1/patients?sort=name&limit=1"))
    carried = body(sam.get(f"/v1/patients?sort=name&limit=5&cursor={page['next_cursor']}"))
    assert {item["id"] for item in carried["items"]} <= {key("stranger")}
    elsewhere = chief.get(f"/v1/visits?limit=1&cursor={page['next_cursor']}")
    assert body(elsewhere, 400)["code"] == "invalid-cursor"


def test_sql_by_hand_counts_only_what_is_readable(ward: Ward, request: pytest.FixtureRequest) -> None:
    if "statements_alone" in request.node.name:
        assert (
            ward.client("north.ann").get("/v1/workload").status_code == 403
        )  # SQL by hand has row security alone
        return
    for actor, expected in (
        ("north.ann", [{"doctor": "Ann", "visits": 2}]),
        ("south.sam", [{"doctor": "Sam", "visits": 1}]),
    ):
        assert body(ward.client(actor, "nurse").get("/v1/workload")) == expected
    assert ward.client("north.ann").get("/v1/workload").status_code == 403


def test_nobody_writes_what_he_may_not(ann: httpx.Client, nurse: httpx.Client) -> None:
    path = f"/v1/patients/{key('alma')}"
    assert body(ann.patch(path, json={"number": "N-9"}), 403)["rule"] == "Patient.number.write"
    assert body(ann.patch(path, json={"clinic_id": key("nobody")}), 422)["errors"][0]["code"] == "unknown"
    assert ann.patch(f"/v1/visits/{key('first')}", json={"remark": "x"}).status_code == 403
    hidden = nurse.patch(f"/v1/visits/{key('first')}", json={"confidential": True})
    assert body(hidden, 403)["code"] == "forbidden"  # afterwards she could not read it any more
    assert body(nurse.get(f"/v1/visits/{key('first')}"))["confidential"] is False
    assert body(nurse.post("/v1/visits", json={}), 403)["code"] == "forbidden"
