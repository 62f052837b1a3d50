"""A database as data: what is made from statements is made again, and is read again, as the same."""

from bdc.catalog import assemble, create, dump, load, state_hash
from bdc.query import compile_queries
from bdc_emitters.postgres.schema import schema
from tests.support.shop import shop


def test_a_state_survives_statements_and_json() -> None:
    _, system = shop()
    state = assemble(schema(system, compile_queries(system, True)))
    assert {table.name.name for table in state.tables} >= {"order", "customer", "audit_log"}
    assert all(table.policies and table.force_row_security for table in state.tables)
    assert assemble(create(state)) == state
    assert load(dump(state)) == state
    assert state_hash(load(dump(state))) == state_hash(state)
