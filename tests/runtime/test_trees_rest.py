"""Trees of unknown depth: rules, operations and computed fields over `ancestors(…)` and `descendants(…)`, asked of a running service."""

import asyncio
from collections.abc import Iterator
from typing import Any

import asyncpg
import httpx
import pytest

from bdc.stack.up import Running
from tests.support.served import client_of, served

pytestmark = pytest.mark.postgres

CHAIN = """
insert into department (id, firm_id, name, above_id)
select gen_random_uuid(), d.firm_id, 'Deep ' || lpad(n::text, 2, '0'), d.id from department as d, generate_series(1, 70) as n
where d.name = 'North'
"""
LINK = """
update department as d set above_id = p.id from department as p
where p.name = 'Deep ' || lpad((substr(d.name, 6)::int - 1)::text, 2, '0') and d.name like 'Deep %' and d.name <> 'Deep 01'
"""
PAPER = """
insert into paper (id, firm_id, binder_id, department_id, title)
select gen_random_uuid(), d.firm_id, b.id, d.id, d.name from department as d, binder as b
where d.name in ('Deep 05', 'Deep 62', 'Deep 63') and b.label = 'Root'
"""


@pytest.fixture(scope="module")
def up(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with served("branches", tmp_path_factory.mktemp("branches")) as found:
        yield found


def _execute(up: Running, *statements: str) -> None:
    async def run() -> None:
        connection = await asyncpg.connect(up.settings.admin_url)
        for statement in statements:
            await connection.execute(statement)
        await connection.close()

    asyncio.run(run())


def _items(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def _named(client: httpx.Client, path: str, member: str, value: str) -> dict[str, Any]:
    return next(each for each in _items(client, path) if each[member] == value)


def test_a_rule_asks_the_departments_above(up: Running) -> None:
    seen = {}
    for name in ("firm.ann", "firm.sue", "firm.ned"):
        with client_of(up, name, "staff") as client:
            seen[name] = [each["title"] for each in _items(client, "/v1/papers")]
            asked = client.post("/graphql", json={"query": "{ papers { nodes { title labels } } }"}).json()
            assert [each["title"] for each in asked["data"]["papers"]["nodes"]] == seen[name]
    assert seen == {"firm.ann": ["A note"], "firm.sue": ["A note"], "firm.ned": ["A note"]}
    with client_of(up, "firm.bob", "staff") as client:
        assert _items(client, "/v1/papers") == []


def test_a_rule_on_a_field_of_any_row_above(up: Running) -> None:
    with client_of(up, "firm.ned", "staff") as ned, client_of(up, "firm.ann", "staff") as ann:
        assert {each["label"] for each in _items(ned, "/v1/binders")} == {"Leaf"}
        assert {each["label"] for each in _items(ann, "/v1/binders")} == {"Root", "Shut", "Leaf"}


def test_a_denial_and_a_requirement_look_up_the_tree(up: Running) -> None:
    with client_of(up, "firm.ned", "staff") as client:
        leaf = _named(client, "/v1/binders", "label", "Leaf")["id"]
        refused = client.patch(f"/v1/binders/{leaf}", json={"label": "x"})
        assert (refused.status_code, refused.json()["detail"]) == (403, "a binder above is sealed")
    with client_of(up, "firm.ned", "board") as client:  # who may read the binders above
        sealed = client.post(f"/v1/binders/{leaf}/rename", json={"label": "x"})
        assert (sealed.status_code, sealed.json()["code"]) == (409, "sealed")
    with client_of(up, "firm.ann", "staff") as client:
        root = _named(client, "/v1/binders", "label", "Root")["id"]
        assert client.post(f"/v1/binders/{root}/rename", json={"label": "Root"}).status_code == 204


def test_computed_fields_count_and_sum(up: Running) -> None:
    with client_of(up, "firm.ann", "staff") as client:
        found = {
            each["name"]: (each["levels"], each["budget_below"])
            for each in _items(client, "/v1/departments?sort=levels")
        }
        assert {name: found[name] for name in ("Top", "Sales", "North")} == {
            "Top": (0, 18),
            "Sales": (1, 11),
            "North": (2, 0),
        }
        assert [each["name"] for each in _items(client, "/v1/departments?levels=2")] == ["North"]
        binders = client.post(
            "/graphql",
            json={"query": "{ binders(filter: {underSeal: {eq: true}}) { nodes { label near } } }"},
        ).json()
    assert binders["data"]["binders"]["nodes"] == [{"label": "Leaf", "near": True}]


def test_a_row_moves_anywhere_but_below_itself(up: Running) -> None:
    with client_of(up, "firm.ann", "board") as client:
        ids = {each["name"]: each["id"] for each in _items(client, "/v1/departments")}
        for above in ("North", "Sales"):
            moved = client.patch(f"/v1/departments/{ids['Sales']}", json={"above_id": ids[above]})
            assert moved.status_code == 403, moved.text
        moved = client.patch(f"/v1/departments/{ids['North']}", json={"above_id": ids["Top"]})
        assert (moved.status_code, moved.json()["levels"]) == (200, 1)
        assert (
            client.patch(f"/v1/departments/{ids['North']}", json={"above_id": ids["Sales"]}).status_code
            == 200
        )


def test_behind_the_bound_nothing_is_known_and_nothing_allowed(up: Running) -> None:
    _execute(up, CHAIN, LINK, PAPER)
    try:
        with client_of(up, "firm.ann", "staff") as client:
            levels = {each["name"]: each["levels"] for each in _items(client, "/v1/departments?limit=100")}
            # North has two above it: the last that has 64 is the 62nd
            assert (levels["Deep 01"], levels["Deep 62"], levels["Deep 63"]) == (3, 64, None)
        with client_of(up, "firm.sue", "staff") as client:
            assert {each["title"] for each in _items(client, "/v1/papers")} == {
                "A note",
                "Deep 05",
                "Deep 62",
            }
        with client_of(up, "firm.ned", "staff") as client:
            assert len(_items(client, "/v1/papers")) == 4
    finally:
        _execute(
            up,
            "delete from paper where title like 'Deep %'",
            "delete from department where name like 'Deep %'",
        )


def test_a_cycle_ends(up: Running) -> None:
    """What hangs on it counts once, also where a second way leads there through the row itself."""
    _execute(
        up,
        "insert into department (id, firm_id, name, above_id, budget) "
        "select gen_random_uuid(), firm_id, 'Aside', id, 5 from department where name = 'Sales'",
        "update department as d set above_id = n.id from department as n where d.name = 'Top' and n.name = 'North'",
    )
    try:
        with client_of(up, "firm.ann", "staff") as client:
            found = {
                each["name"]: (each["levels"], each["budget_below"])
                for each in _items(client, "/v1/departments")
            }
            assert found == {**dict.fromkeys(("Top", "Sales", "North"), (3, 28)), "Aside": (3, 0)}
            assert [each["title"] for each in _items(client, "/v1/papers")] == ["A note"]
    finally:
        _execute(
            up,
            "update department set above_id = null where name = 'Top'",
            "delete from department where name = 'Aside'",
        )
