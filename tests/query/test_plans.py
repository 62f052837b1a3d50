"""Every list that the shop offers can be served by an index that begins with the tenant, under row level security.

Sequential scans are made so dear that the planner takes one only where no index will do: what it then chooses says what there is,
however few rows a test has.
"""

import json
from collections.abc import Iterator
from itertools import product
from typing import Any

import asyncpg
import pytest
from tests.query.reading import leaves, page, shop_composer
from tests.query.shop import ACME, ANN, TEMPLATES, shop
from tests.support.postgres import Database, Databases, run

# isort: split
from services.data.engine.compose import Composed
from services.data.engine.selection import FilterBy, Get, Slot

RESOURCES = ("Order", "Customer", "Product")
ROLES = (frozenset({"manager"}), frozenset[str]())
_SCANS = ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Index Scan")


def statements(entity: str, roles: frozenset[str]) -> Iterator[tuple[str, Composed]]:
    """Yield every combination of at most one filter, one sort and a cursor."""
    composer = shop_composer("both")
    read = composer.fragments.entity[entity]
    members = leaves(composer, entity)
    yield "get", composer.row(Get("", entity, (Slot(0),), members), roles)
    sorts = ["", *(f"{sign}{sort}" for sort in read.sort for sign in ("", "-"))]
    for filtered, sort, further in product([None, *read.filter], sorts, (False, True)):
        filters = (FilterBy(*filtered, Slot(0)),) if filtered is not None else ()
        more: dict[str, Any] = {"filters": filters, "sorts": (sort,) if sort else ()}
        if further:
            more["after"] = Slot(1)
        yield f"{filtered} {sort} {further}", composer.value(page(entity, members, 20, **more), roles)


def scans(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the nodes of a plan that read a table or an index."""
    if plan["Node Type"] in _SCANS:
        yield plan
    for inner in plan.get("Plans", ()):
        yield from scans(inner)


def strays(plan: dict[str, Any]) -> list[str]:
    """Return the scans that do not enter an index by the tenant."""
    return [
        f"{scan['Node Type']} of {scan.get('Relation Name') or scan.get('Index Name')}"
        for scan in scans(plan)
        if "org_id = " not in scan.get("Index Cond", "")
    ]


async def _lost(database: Database, entity: str, roles: frozenset[str]) -> list[str]:
    settings = {"plan_cache_mode": "force_generic_plan", "enable_seqscan": "off", "timezone": "UTC"}
    settings |= {"app.actor_id": ANN, "app.actor_org": ACME, "app.actor_roles": ",".join(roles)}
    connection = await asyncpg.connect(database.url("shop_runtime"), server_settings=settings)
    found = []
    try:
        for name, composed in statements(entity, roles):
            await connection.execute(f"prepare asked as {composed.sql}")
            nulls = ", ".join(["null"] * len((await connection.fetchval(_PARAMETERS)) or ()))
            told = await connection.fetchval(f"explain (format json, costs off) execute asked ({nulls})")
            found += [f"{name}: {stray}" for stray in strays(json.loads(told)[0]["Plan"])]
            await connection.execute("deallocate asked")
    finally:
        await connection.close()
    return found


_PARAMETERS = "select parameter_types from pg_prepared_statements where name = 'asked'"


@pytest.mark.postgres
@pytest.mark.parametrize("entity", RESOURCES)
@pytest.mark.parametrize("roles", ROLES, ids=["manager", "nobody"])
def test_every_read_enters_by_the_tenant(databases: Databases, entity: str, roles: frozenset[str]) -> None:
    assert run(_lost(databases.fresh(TEMPLATES["both"]), entity, roles)) == []


@pytest.mark.postgres
def test_a_read_without_an_index_would_be_found(databases: Databases) -> None:
    database = databases.fresh(TEMPLATES["both"])
    indexes = [index.name for index in shop().table("order_item").indexes]
    run(database.execute(";".join(f"drop index {name}" for name in indexes)))
    lost = run(_lost(database, "Order", ROLES[0]))
    assert lost
    assert all("order_item" in name for name in lost), lost[:3]
