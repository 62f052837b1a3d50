"""A database as data: what is made from statements is made again, and is read again, as the same."""

from bdc.catalog import (
    AnyShape,
    Column,
    Database,
    EnumShape,
    ListShape,
    MemberShape,
    RecursiveShape,
    ScalarShape,
    StructShape,
    Table,
    assemble,
    create,
    dump,
    load,
    state_hash,
)
from bdc.ddl.names import Name
from bdc.query import compile_queries
from bdc.schema.statements import schema
from tests.support.shop import shop


def test_a_state_survives_statements_and_json() -> None:
    _, system = shop()
    state = assemble(schema(system, compile_queries(system, True)))
    assert {table.name.name for table in state.tables} >= {"order", "customer", "audit_log"}
    assert all(table.policies and table.force_row_security for table in state.tables)
    assert assemble(create(state)) == state
    assert load(dump(state)) == state
    assert state_hash(load(dump(state))) == state_hash(state)


def test_shapes_are_read_as_they_were_written() -> None:
    text = ScalarShape(json_type="string", type="text", condition="char_length(VALUE) < 3")
    labels = EnumShape(name="E", labels=("a",))
    inner = StructShape(
        name="S",
        members=(
            MemberShape(name="t", shape=text, nullable=True),
            MemberShape(name="any", shape=AnyShape()),
            MemberShape(name="again", shape=ListShape(item=RecursiveShape(name="S"))),
        ),
    )
    for shape in (text, labels, inner, ListShape(item=labels, native=True), AnyShape()):
        table = Table(name=Name("t"), columns=(Column(name="s", type="jsonb", shape=shape),))
        assert load(dump(Database(tables=(table,)))).tables == (table,)
