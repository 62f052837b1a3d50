"""What keeps a statement of an operation from one server is reported, and a system that is not reported has none."""

import pytest
from tests.postgres.test_shards import TENANTS, on_shards
from tests.support.sampling import sampled

from bdc.query import compile_queries
from bdc.query.writes.one_shard import looks_without

COLUMNS = {"car": "company_id", "rental": "company_id"}


@pytest.mark.parametrize(
    ("sql", "found"),
    [
        ("select from car as a where a.company_id = cast(p_tenant as uuid)", []),
        ("select from car as a where a.id = p_key", ["car"]),
        ("delete from car as a where a.id = p_key and a.company_id = p_tenant", []),
        ("update car as a set km = 1 where a.id = p_key", ["car"]),
        (
            "select (select count(*) from rental as r where r.company_id = a.company_id)"
            " from car as a where a.company_id = p_tenant",
            ["rental"],
        ),
        ("insert into car (id) values (p_key)", []),
        ("select from company as a where a.id = p_key", []),
    ],
)
def test_a_look_without_the_tenant_is_found(sql: str, found: list[str]) -> None:
    assert list(looks_without(sql, COLUMNS, "p_tenant")) == found


@pytest.mark.parametrize("name", sampled(TENANTS, 6))
def test_each_operation_that_asks_every_server_is_reported(name: str) -> None:
    system, reported = on_shards(name)
    for function in compile_queries(system).functions:
        if function.unplaced:
            name = ".".join(part for part in (function.entity, function.operation) if part)
            assert name in reported, function.name


def test_a_system_for_shards_asks_one_server() -> None:
    system, reported = on_shards("rental")
    assert not reported
    assert len(compile_queries(system).functions) > 8
