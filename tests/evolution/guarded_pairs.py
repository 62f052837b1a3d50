"""Pairs in which a migration changes what a trigger of the specification keeps: states of a machine, and what is immutable."""

from tests.evolution.row_pairs import RowPair

_HEAD = "bds 1\nmodule evolution\n"
_MACHINE = """
enum State {{ {states} }}
entity T {{ id: int @id  state: State = {first}  n: int = 0 }}
machine T.state {{ {moves} }}
policy T {{ }}
"""


def _machine(states: str, moves: str, first: str = "fresh") -> str:
    return _MACHINE.format(states=states, moves=moves, first=first)


_BEFORE = _machine("fresh, sent, done", "fresh -> sent\n sent -> done")

GUARDED_PAIRS = (
    RowPair(
        "a state of a machine has another name",
        _BEFORE,
        _machine("fresh, shipped @was(sent), done", "fresh -> shipped\n shipped -> done"),
        rows=("insert into t(id, state) values (1, 'fresh'), (2, 'sent'), (3, 'done')",),
        old_writes=(
            "insert into t(id, state) values (4, 'sent')",
            "update t set state = 'sent' where id = 1",
        ),
        new_writes=("insert into t(id, state) values (5, 'shipped')",),
        head=_HEAD,
        shown="state",
        then=("shipped", "shipped", "done", "shipped", "shipped"),
    ),
    RowPair(
        "the state in which rows begin has another name",
        _BEFORE,
        _machine("born @was(fresh), sent, done", "born -> sent\n sent -> done", "born"),
        rows=("insert into t(id) values (1)", "insert into t(id, state) values (2, 'sent')"),
        old_writes=("insert into t(id) values (3)",),
        new_writes=("insert into t(id, state) values (4, 'born')",),
        head=_HEAD,
        shown="state",
        then=("born", "sent", "born", "born"),
    ),
    RowPair(
        "a state goes, and another takes its rows",
        _BEFORE,
        _machine("fresh, done  dropped sent @backfill(done)", "fresh -> done"),
        rows=("insert into t(id, state) values (1, 'fresh'), (2, 'sent')",),
        old_writes=("insert into t(id, state) values (3, 'sent')",),
        new_writes=("insert into t(id, state) values (4, 'done')",),
        head=_HEAD,
        shown="state",
        then=("fresh", "done", "done", "done"),
    ),
    RowPair(
        "a value of an immutable enum has another name",
        "enum Kind { one, two }\nentity T { id: int @id  kind: Kind @immutable }",
        "enum Kind { one, other @was(two) }\nentity T { id: int @id  kind: Kind @immutable }",
        rows=("insert into t(id, kind) values (1, 'one'), (2, 'two')",),
        old_writes=("insert into t(id, kind) values (3, 'two')",),
        new_writes=("insert into t(id, kind) values (4, 'other')",),
        shown="kind",
        then=("one", "other", "other", "other"),
    ),
    RowPair(
        "an immutable field becomes required",
        "entity T { id: int @id  code: int? @immutable }",
        "entity T { id: int @id  code: int @immutable @backfill(7) }",
        rows=("insert into t(id, code) values (1, 1), (2, null)",),
        old_writes=("insert into t(id, code) values (3, null)",),
        new_writes=("insert into t(id, code) values (4, 4)",),
        shown="code",
        then=("1", "7", "7", "4"),
    ),
    RowPair(
        "a struct that is immutable gets a member",
        "struct S { n: int }\nentity T { id: int @id  s: S @immutable }",
        "struct S { n: int  k: int = 5 }\nentity T { id: int @id  s: S @immutable }",
        rows=("""insert into t(id, s) values (1, '{"n": 1}')""",),
        old_writes=("""insert into t(id, s) values (2, '{"n": 2}')""",),
        new_writes=("""insert into t(id, s) values (3, '{"n": 3, "k": 4}')""",),
        shown="s ->> 'k'",
        then=("5", "5", "4"),
    ),
    RowPair(
        "a number that is made becomes the key beside an immutable field",
        "entity T { a: int  b: int @immutable  id (a, b) }",
        "entity T { a: int  b: int @immutable  id: bigint @identity @id  unique (a, b) }",
        rows=("insert into t(a, b) values (1, 1), (2, 1)",),
        old_writes=("insert into t(a, b) values (3, 1)",),
        new_writes=("insert into t(a, b) values (4, 1)",),
        shown="a, id > 0",
        then=("1,True", "2,True", "3,True", "4,True"),
        order="a",
    ),
)
