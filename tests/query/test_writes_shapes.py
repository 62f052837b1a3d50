"""Shapes that the shop has none of: rows three deep, keys made of references, old against new, denials, arrays, SQL on a row."""

from functools import cache
from typing import Any

import asyncpg
import pytest
from tests.query.shop import Caller, Refused, call_function
from tests.support.postgres import Database, Databases, Template, run

from bdc.diagnostics import DiagnosticSink
from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.lowering import lower
from bdc.model import resolve
from bdc.query.compile import compile_queries
from bdc.schema.initial import initial_migration
from bdc.source import SourceFile
from bdc.syntax import parse
from bdc_emitters.postgres.release import release

pytestmark = pytest.mark.postgres

SPEC = '''bds 1
module trips

entity Club @tenant_root { id: uuid = uuid7() @id  name: string(1..40) }
mixin OfClub { club: Club @tenant @immutable }
entity Person with OfClub { id: uuid = uuid7() @id  name: string(1..40) }

entity Trip with OfClub @versioned {
  id: uuid = uuid7() @id
  title: string(1..40)
  price: decimal(8, 2) = 10
  locked: bool = false
  words: string(1..20)[]?
  days: Day[] @inverse(trip) @owned
}
entity Day with OfClub {
  id: uuid = uuid7() @id
  trip: Trip @on_delete(cascade)
  number: int
  stops: Stop[] @inverse(day) @owned
}
entity Stop with OfClub {
  id: uuid = uuid7() @id
  day: Day @on_delete(cascade)
  guide: Person @on_delete(restrict)
}
entity Seat with OfClub {
  trip: Trip @on_delete(cascade)
  person: Person @on_delete(cascade)
  row: int = 1
  id (trip, person)
}

identity Person {
  bearer jwt { issuer: "x"  audience: "trips"  jwks: "x" }
  claim id: uuid = "sub"
  claim org: uuid = "org"
  claim roles: string[] = "roles"
}
role guest
role leader extends guest

policy Club { allow read to guest }
policy Person { scope club == actor.org  allow read to guest }
policy Trip {
  scope club == actor.org
  allow read to guest
  allow create, delete, rename to leader
  allow update to leader when new.price <= old.price
  deny update, delete to guest when locked because "The trip is locked."
}
policy Day, Stop { scope club == actor.org  allow read to guest  allow create to leader }
policy Seat { scope club == actor.org  allow read to guest  allow create, update, delete to leader }

api Trips v1 at "/v1" {
  auth bearer
  resource Trip at "/trips" {
    ops get, create, update, delete
    input create { title, price?, locked?, words?, days { number, stops { guide } } }
    input update { title?, price?, words? }
    op rename(title: string(1..40)) -> Trip @idempotent {
      sql """ update trip set title = :title || ' :title' where id = :id """
    }
  }
  resource Seat at "/seats" { ops get, create, update, delete }
}
'''
CLUB, LEA, GUS, OTHER_CLUB, OTTO = (f"0190a000-0000-7000-8000-00000000050{n}" for n in range(5))
_ROWS = f"""
insert into club (id, name) values ('{CLUB}', 'A'), ('{OTHER_CLUB}', 'B');
insert into person (id, club_id, name) values ('{LEA}', '{CLUB}', 'Lea'), ('{GUS}', '{CLUB}', 'Gus'), ('{OTTO}', '{OTHER_CLUB}', 'Otto');
"""
LEADER, GUEST = Caller(LEA, CLUB, "leader"), Caller(GUS, CLUB, "guest")


@cache
def _compiled() -> tuple[SystemIR, CompiledQueries]:
    sink = DiagnosticSink()
    model = resolve([parse(SourceFile("trips.bds", SPEC), sink)], sink)
    assert not sink.has_errors, [str(found) for found in sink.in_source_order()]
    system = lower(model)
    return system, compile_queries(system)


async def _build(url: str) -> None:
    system, queries = _compiled()
    expand = next(file for file in initial_migration(system, queries) if file.path.endswith("01_expand.sql"))
    connection = await asyncpg.connect(url)
    for script in (expand.content, release(system, queries).content, _ROWS):
        async with connection.transaction():
            await connection.execute(script)
    await connection.close()


TEMPLATE = Template("trips", _build)


@pytest.fixture
def trips(databases: Databases) -> Database:
    return databases.fresh(TEMPLATE)


def call(trips: Database, name: str, caller: Caller = LEADER, *key: str, **given: Any) -> Any:
    return run(_call(trips, name, caller, key, given))


async def _call(
    trips: Database, name: str, caller: Caller, key: tuple[str, ...], given: dict[str, Any]
) -> Any:
    function = next(each for each in _compiled()[1].functions if each.name == name)
    connection = await asyncpg.connect(trips.url("trips_runtime"))
    try:
        return await call_function(connection, function, caller, key, given)
    finally:
        await connection.close()


def trip(trips: Database, **more: Any) -> dict[str, Any]:
    return dict(call(trips, "trip_create", input={"title": "T", "days": [], **more}).body)


def test_rows_three_deep(trips: Database) -> None:
    days = [{"number": 1, "stops": [{"guide_id": LEA}, {"guide_id": GUS}]}, {"number": 2, "stops": []}]
    made = trip(trips, days=days, words=["a", 'b"c'])
    assert (made["words"], made["price"]) == (["a", 'b"c'], "10.00")
    found = run(
        trips.fetch(
            "select d.number, count(s.id) from day d left join stop s on s.day_id = d.id group by 1 order by 1"
        )
    )
    assert [tuple(row) for row in found] == [(1, 2), (2, 0)]


def test_a_lost_reference_deep_down_is_named_and_undoes_all(trips: Database) -> None:
    days = [{"number": 1, "stops": []}, {"number": 2, "stops": [{"guide_id": LEA}, {"guide_id": OTTO}]}]
    with pytest.raises(Refused) as refusal:
        trip(trips, days=days)
    assert refusal.value.paths == ["/days/1/stops/1/guide_id"]
    assert (
        run(trips.fetch("select 1 from trip union all select 1 from day union all select 1 from stop")) == []
    )


def test_a_key_made_of_references(trips: Database) -> None:
    made = trip(trips)
    body = call(trips, "seat_create", input={"trip_id": made["id"], "person_id": GUS}).body
    assert (body["trip_id"], body["person_id"], body["row"]) == (made["id"], GUS, 1)
    body = call(trips, "seat_update", LEADER, made["id"], GUS, input={"row": 7}).body
    assert body["row"] == 7
    with pytest.raises(Refused) as refusal:
        call(trips, "seat_create", input={"trip_id": made["id"], "person_id": OTTO})
    assert refusal.value.paths == ["/person_id"]
    assert call(trips, "seat_delete", LEADER, made["id"], GUS).status == 204


def test_old_against_new(trips: Database) -> None:
    made = trip(trips)
    assert (
        call(trips, "trip_update", LEADER, made["id"], input={"price": "9.50", "words": None}).body["price"]
        == "9.50"
    )
    with pytest.raises(Refused) as refusal:
        call(trips, "trip_update", LEADER, made["id"], input={"price": "9.51"})
    assert (refusal.value.status, refusal.value.members["rule"]) == (403, _rule("allow", "update"))


def test_a_denial_says_why(trips: Database) -> None:
    made = trip(trips, locked=True)
    for name, given in (("trip_update", {"input": {"title": "U"}}), ("trip_delete", {})):
        with pytest.raises(Refused) as refusal:
            call(trips, name, LEADER, made["id"], **given)
        assert refusal.value.members == {"rule": _rule("deny", "update"), "because": "The trip is locked."}


def test_sql_on_a_row_is_held_to_its_rule(trips: Database) -> None:
    made = trip(trips)
    given = {"title": "new", "idempotency_key": "k", "request_hash": "h"}
    answer = call(trips, "trip_rename", LEADER, made["id"], **given)
    assert (answer.status, answer.body["title"]) == (200, "new :title")
    assert call(trips, "trip_rename", LEADER, made["id"], **given) == answer
    with pytest.raises(Refused) as refusal:
        call(trips, "trip_rename", GUEST, made["id"], title="x")
    assert refusal.value.status == 403


def _rule(effect: str, action: str) -> str:
    policy = _compiled()[0].policy("Trip")
    assert policy is not None
    return next(rule.id for rule in policy.rules if rule.effect == effect and action in rule.actions)
