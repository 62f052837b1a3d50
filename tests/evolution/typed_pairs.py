"""Pairs of specifications like those of `value_pairs`, given as whole rows: columns of another type, numbers that the database gives, and keys."""

from tests.evolution.row_pairs import RowPair


def _keyed(before: str, after: str) -> tuple[str, str]:
    enum = "enum F @native { a, b }\n" if "F" in after else ""
    return f"entity T {{ {before} }}", f"{enum}entity T {{ {after} }}"


_FIVE = "insert into t(id, n) select g, g from generate_series(1, 5) g"


# What is of one type and becomes one of another, or is numbered by the database from now on. `new_writes` give no number.
def _listed(before: str, after: str) -> tuple[str, str]:
    struct = "struct L { a: string }\n"
    return (
        f"{struct}entity T {{ id: int @id  l: {before} }}",
        f"{struct}entity T {{ id: int @id  l: {after} }}",
    )


TYPED_PAIRS = (
    RowPair(
        "text becomes a native enum, and a row has something else",
        *_keyed("id: int @id  e: string", "id: int @id  e: F = a"),
        rows=("insert into t(id, e) values (1, 'zz')",),
        held="E509",
    ),
    RowPair(
        "texts become a list of a native enum, and a row has something else",
        *_keyed("id: int @id  e: string[]", "id: int @id  e: F[]"),
        rows=("insert into t(id, e) values (1, '{a,zz}')",),
        held="E509",
    ),
    RowPair(
        "a value of an enum is stored otherwise",
        'enum F { a @value("1"), b }\nentity T { id: int @id  e: F = a  l: F[] = [a] }',
        'enum F { a @value("one"), b }\nentity T { id: int @id  e: F = a  l: F[] = [a] }',
        rows=("insert into t(id, e, l) values (1, '1', '{1,b}')",),
        old_writes=("insert into t(id, e, l) values (2, '1', '{1}')",),
        shown="e, l",
        then=("one,['one', 'b']", "one,['one']"),
    ),
    RowPair(
        "a type with capitals gets another name",
        'enum F @native("Kind") { a, b }\nentity T { id: int @id  e: F }',
        'enum F @native("Sort") @was("Kind") { a, b }\nentity T { id: int @id  e: F }',
        rows=("insert into t(id, e) values (1, 'b')",),
        shown="e",
        then=("b",),
    ),
    RowPair(
        "two values of an enum are stored as each other was",
        'enum F { a @value("1"), b @value("2") }\nentity T { id: int @id  l: F[] }',
        'enum F { a @value("2"), b @value("1") }\nentity T { id: int @id  l: F[] }',
        refused=("E501",),
    ),
    RowPair(
        "a value of a native enum is stored as one that goes was",
        'enum F @native { a @value("1"), b @value("2") }\nentity T { id: int @id  e: F }',
        'enum F @native { a @value("2")  dropped b @backfill(a) }\nentity T { id: int @id  e: F }',
        refused=("E501",),
    ),
    RowPair(
        "text becomes a native enum",
        *_keyed("id: int @id  e: string", "id: int @id  e: F = a"),
        rows=("insert into t(id, e) values (1, 'b')",),
        old_writes=("insert into t(id, e) values (2, 'a')",),
        shown="e",
        then=("b", "a"),
    ),
    RowPair(
        "text becomes a native enum while the old version writes something else",
        *_keyed("id: int @id  e: string", "id: int @id  e: F = a"),
        rows=("insert into t(id, e) values (1, 'b')",),
        old_writes=("insert into t(id, e) values (2, 'yy')",),
        late="update t set e = 'a' where e = 'yy'",
        shown="e",
        then=("b", "a"),
    ),
    RowPair(
        "a list of texts becomes one of structs, and a row has some",
        *_listed("string[]", "L[]"),
        rows=("insert into t(id, l) values (1, '{a}')",),
        held="E509",
    ),
    RowPair(
        "a list of texts becomes one of structs, and all are empty",
        *_listed("string[]", "L[]"),
        rows=("insert into t(id, l) values (1, '{}')",),
        old_writes=("insert into t(id, l) values (2, '{}')",),
        shown="l::text",
        then=("[]", "[]"),
    ),
    RowPair(
        "a document becomes a list of texts",
        *_listed("json", "string[]"),
        rows=("""insert into t(id, l) values (1, '["a[", "b,c"]')""",),
        old_writes=("insert into t(id, l) values (2, '[]')",),
        shown="array_to_string(l, '|')",
        then=("a[|b,c", ""),
    ),
    RowPair(
        "a document becomes a list of texts, and is none",
        *_listed("json", "string[]"),
        rows=("""insert into t(id, l) values (1, '{"a": 1}')""",),
        held="E509",
    ),
    RowPair(
        "a value is computed from a column of another type",
        *_listed(
            "decimal(10, 2)  c: decimal(20, 4) @computed(l * 2) @stored",
            "decimal(12, 4)  c: decimal(20, 4) @computed(l * 2) @stored",
        ),
        rows=("insert into t(id, l) values (1, 1.25)",),
        old_writes=("insert into t(id, l) values (2, 3)",),
        new_writes=("insert into t(id, l) values (3, 0.5)",),
        shown="l, c",
        then=("1.2500,2.5000", "3.0000,6.0000", "0.5000,1.0000"),
    ),
    RowPair(
        "a decimal gets digits on both sides: nothing is asked of rows",
        *_keyed("id: int @id  d: decimal(8, 2)", "id: int @id  d: decimal(10, 4)"),
        rows=("insert into t(id, d) values (1, 999999.99)",),
        old_writes=("insert into t(id, d) values (2, 7)",),
        shown="d",
        then=("999999.9900", "7.0000"),
    ),
    RowPair(
        "a value is computed from a column of a wider type",
        *_listed(
            "decimal(10, 2)  c: decimal(20, 4) @computed(l * 2) @stored",
            "decimal(14, 2)  c: decimal(20, 4) @computed(l * 2) @stored",
        ),
        rows=("insert into t(id, l) values (1, 1.25)",),
        old_writes=("insert into t(id, l) values (2, 3)",),
        shown="l, c",
        then=("1.25,2.5000", "3.00,6.0000"),
    ),
    RowPair(
        "a decimal loses digits",
        *_keyed("id: int @id  d: decimal(10, 4)", "id: int @id  d: decimal(10, 2)"),
        rows=("insert into t(id, d) values (1, 1.2345)",),
        held="E509",
    ),
    RowPair(
        "a decimal loses digits that no row has",
        *_keyed("id: int @id  d: decimal(10, 4)", "id: int @id  d: decimal(10, 2)"),
        rows=("insert into t(id, d) values (1, 1.2300)",),
        old_writes=("insert into t(id, d) values (2, 7)",),
        shown="d",
        then=("1.23", "7.00"),
    ),
    RowPair(
        "a decimal loses digits, which is said",
        *_keyed(
            "id: int @id  d: decimal(10, 4)", 'id: int @id  d: decimal(10, 2) @backfill(sql("round(d, 2)"))'
        ),
        rows=("insert into t(id, d) values (1, 1.2345)",),
        shown="d",
        then=("1.23",),
    ),
    RowPair(
        "a moment becomes a day, and has a time",
        *_keyed("id: int @id  d: timestamp", "id: int @id  d: date"),
        rows=("insert into t(id, d) values (1, '2026-01-01 10:00Z')",),
        held="E509",
    ),
    RowPair(
        "another name and another type, and a row does not fit",
        *_keyed("id: int @id  d: text", "id: int @id  e: int @was(d)"),
        rows=("insert into t(id, d) values (1, 'x')",),
        held="E509",
    ),
    RowPair(
        "text becomes a domain that is new",
        "entity T { id: int @id  d: text }",
        'type Word = string(..3) @domain("word", sql("VALUE <> \'x\'"))\nentity T { id: int @id  d: Word }',
        rows=("insert into t(id, d) values (1, 'x')",),
        held="E509",
    ),
    RowPair(
        "an identity becomes wider",
        *_keyed("id: int @identity @id  n: int", "id: bigint @identity @id  n: int"),
        rows=("insert into t(n) select generate_series(1, 5)",),
        old_writes=("insert into t(n) values (6)",),
        numbered="insert into t(n) values (7) returning id",
    ),
    RowPair(
        "a key is numbered from now on",
        *_keyed("id: int @id  n: int", "id: int @identity(by_default) @id  n: int"),
        rows=(_FIVE,),
        old_writes=("insert into t(id, n) values (6, 6), (7, 7)",),
        numbered="insert into t(n) values (7) returning id",
    ),
    RowPair(
        "a key is serial from now on",
        *_keyed("id: int @id  n: int", "id: int @serial @id  n: int"),
        rows=(_FIVE,),
        old_writes=("insert into t(id, n) values (6, 6), (7, 7)",),
        numbered="insert into t(n) values (7) returning id",
    ),
    RowPair(
        "a serial becomes an identity",
        *_keyed("id: int @serial @id  n: int", "id: int @identity(by_default) @id  n: int"),
        rows=("insert into t(n) select generate_series(1, 5)",),
        numbered="insert into t(n) values (7) returning id",
    ),
    RowPair(
        "an identity becomes a serial",
        *_keyed("id: int @identity(by_default) @id  n: int", "id: int @serial @id  n: int"),
        rows=("insert into t(n) select generate_series(1, 5)",),
        numbered="insert into t(n) values (7) returning id",
    ),
    RowPair(
        "a serial is wider",
        *_keyed("id: int @serial @id  n: int", "id: bigint @serial @id  n: int"),
        rows=("insert into t(n) select generate_series(1, 5)",),
        numbered="insert into t(n) values (7) returning id",
    ),
    RowPair(
        "a field is numbered that is no key",
        *_keyed("id: int @id  n: int", "id: int @id  n: int  m: int @identity"),
        rows=(_FIVE,),
        numbered="insert into t(id, n) values (9, 9) returning m",
    ),
    RowPair(
        "a number goes",
        *_keyed("id: int @identity @id  n: int", "id: int @id  n: int"),
        rows=("insert into t(n) select generate_series(1, 5)",),
        numbered_back="insert into t(n) values (7) returning id",
    ),
    RowPair(
        "a serial number goes",
        *_keyed("id: int @serial @id  n: int", "id: int @id  n: int"),
        rows=("insert into t(n) select generate_series(1, 5)",),
        numbered_back="insert into t(n) values (7) returning id",
    ),
    RowPair(
        "a table of numbers goes",
        "entity T { id: int @id  n: int }\nentity W { id: int @identity @id  n: int }",
        "entity T { id: int @id  n: int }\ndropped entity W",
        rows=("insert into w(n) select generate_series(1, 5)", _FIVE),
        numbered_back="insert into w(n) values (7) returning id",
    ),
    RowPair(
        "a table of serial numbers goes",
        "entity T { id: int @id  n: int }\nentity W { id: int @serial @id  n: int }",
        "entity T { id: int @id  n: int }\ndropped entity W",
        rows=("insert into w(n) select generate_series(1, 5)", _FIVE),
        numbered_back="insert into w(n) values (7) returning id",
    ),
)

_TO = "entity C { id: int @id  t: T }\n"

# Primary keys that change, move or go, with references on them.
KEY_PAIRS = (
    RowPair(
        "the key moves to a column of another type",
        "entity T { id: int @id  foo: text }",
        "entity T { id: int?  foo: int @id }",
        rows=("insert into t(id, foo) values (1, '7')",),
        shown="id, foo",
        then=("1,7",),
    ),
    RowPair(
        "the key moves to a column of another type, and a row does not fit",
        "entity T { id: int @id  foo: text }",
        "entity T { id: int?  foo: int @id }",
        rows=("insert into t(id, foo) values (1, 'x')",),
        held="E509",
    ),
    RowPair(
        "the key moves to a column that has a value twice",
        "entity T { id: int @id  foo: int }",
        "entity T { id: int  foo: int @id }",
        rows=("insert into t(id, foo) values (1, 7), (2, 7)",),
        held="E506",
    ),
    RowPair(
        "the key moves to a column",
        "entity T { id: int @id  foo: int }",
        "entity T { id: int  foo: int @id }",
        rows=("insert into t(id, foo) values (1, 7)",),
        shown="id, foo",
        then=("1,7",),
    ),
    RowPair(
        "the key moves to an optional column",
        "entity T { id: int @id  foo: int? }",
        "entity T { id: int  foo: int @id }",
        rows=("insert into t(id, foo) values (1, null)",),
        held="E505",
    ),
    RowPair(
        "the key gets another column",
        "entity T { id: int  foo: int  id (id) }",
        "entity T { id: int  foo: int  id (id, foo) }",
        rows=("insert into t(id, foo) values (1, 7)",),
        shown="id, foo",
        then=("1,7",),
    ),
    RowPair(
        "the key is dropped",
        "entity T { id: int @id  foo: int }",
        "entity T @keyless { id: int  foo: int }",
        rows=("insert into t(id, foo) values (1, 7)",),
        shown="id, foo",
        then=("1,7",),
    ),
    RowPair(
        "a table without a key gets one",
        "entity T @keyless { id: int  foo: int }",
        "entity T { id: int @id  foo: int }",
        rows=("insert into t(id, foo) values (1, 7)",),
        shown="id, foo",
        then=("1,7",),
    ),
    RowPair(
        "the key is of another type, and is referred to",
        _TO + "entity T { id: int @id  foo: int }",
        _TO + "entity T { id: bigint @id  foo: int }",
        rows=("insert into t(id, foo) values (1, 7); insert into c(id, t_id) values (1, 1)",),
        shown="id, (select t_id from c)",
        then=("1,1",),
    ),
    RowPair(
        "a numbered key becomes text, and is referred to",
        _TO + "entity T { id: int @identity(by_default) @id  foo: int }",
        _TO + "entity T { id: text @id  foo: int }",
        rows=("insert into t(id, foo) values (1, 7); insert into c(id, t_id) values (1, 1)",),
        shown="id, (select t_id from c)",
        then=("1,1",),
    ),
    RowPair(
        "the key moves to another column of that type, and is referred to",
        _TO + "entity T { id: int @id  foo: int }",
        _TO + "entity T { id: int  foo: int @id }",
        refused=("E501",),
    ),
    RowPair(
        "the key moves to another column, and a new field refers to that",
        _TO + "entity T { id: int @id  foo: int }",
        _TO.replace(
            "t: T", 't2: T @backfill(sql("(select foo from t as there where there.id = c.t_id)"))  dropped t'
        )
        + "entity T { id: int  foo: int @id }",
        rows=("insert into t(id, foo) values (1, 7); insert into c(id, t_id) values (1, 1)",),
        shown="id, (select t2_id from c)",
        then=("1,7",),
    ),
    RowPair(
        "the key moves away from a column that gets another type",
        "entity T { id: int @id  foo: int }",
        "entity T { id: text  foo: int @id }",
        rows=("insert into t(id, foo) values (1, 7)",),
        shown="id, foo",
        then=("1,7",),
    ),
    RowPair(
        "the key has another name, and is referred to",
        _TO + "entity T { id: int @id  foo: int }",
        _TO + "entity T { key: int @id @was(id)  foo: int }",
        rows=("insert into t(id, foo) values (1, 7); insert into c(id, t_id) values (1, 1)",),
        shown="key, (select t_id from c)",
        order="key",
        then=("1,1",),
    ),
    RowPair(
        "a part of the key has another name, and is referred to",
        _TO + "entity T { a: int  b: int  id (a, b) }",
        _TO + "entity T { a: int  c: int @was(b)  id (a, c) }",
        rows=("insert into t(a, b) values (1, 7); insert into c(id, t_a, t_b) values (1, 1, 7)",),
        shown="c, (select t_c from c)",
        order="c",
        then=("7,7",),
    ),
    RowPair(
        "a new key is numbered, and the old one stays",
        "entity T { id: text @id  foo: int }",
        "entity T { id: text  no: int @identity @id  foo: int }",
        rows=("insert into t(id, foo) values ('a', 7), ('b', 8)",),
        shown="id",
        then=("a", "b"),
    ),
    RowPair(
        "a new key is made, and the old one goes",
        "entity T { id: int @id  foo: int }",
        "entity T { key: uuid = uuid7() @id  foo: int  dropped id }",
        rows=("insert into t(id, foo) values (1, 7)",),
        shown="foo",
        order="foo",
        then=("7",),
    ),
)
