"""Pairs of specifications whose values inside values differ, with rows, what becomes of them, and what either version writes meanwhile."""

from dataclasses import dataclass

HEAD = "bds 1\nmodule evolution @unguarded\n"


@dataclass(frozen=True)
class ValuePair:
    """`entity`: members of entity T beside its key, or what is beside it; the same in both unless `entity_after`. `rows`: values of the
    columns (SQL), one tuple each; `then`: the rows as JSON, without the key, when all is done. `old_writes` are SQL values that the old
    version inserts between expand and contract, `new_writes` those of the new version, with what both are at the end. `refused`: codes
    of the plan; `held`: code of a question that rows answer."""

    name: str
    before: str
    after: str
    rows: tuple[str, ...] = ()
    then: tuple[str, ...] = ()
    old_writes: tuple[tuple[str, str], ...] = ()
    new_writes: tuple[tuple[str, str], ...] = ()
    between: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    held: str = ""
    empty: bool = False
    back: tuple[str, ...] | None = None


def pair(name: str, before: str, after: str, **more: object) -> ValuePair:
    return ValuePair(name, before, after, **more)  # type: ignore[arg-type]


def _structs(member: str, changed: str, field: str = "s: S", rest: str = "") -> tuple[str, str]:
    entity = f"entity T {{ id: int @id  {field} }}\n{rest}"
    return f"struct S {{ {member} }}\n{entity}", f"struct S {{ {changed} }}\n{entity}"


VALUE_PAIRS = (
    pair(
        "a member with a default comes",
        *_structs("n: int", "n: int  k: int = 5"),
        rows=('{"n": 1}',),
        then=('{"n": 1, "k": 5}',),
        old_writes=(('{"n": 2}', '{"n": 2, "k": 5}'),),
        new_writes=(('{"n": 3, "k": 9}', '{"n": 3, "k": 9}'),),
    ),
    pair("a required member comes without a value", *_structs("n: int", "n: int  k: int"), refused=("E504",)),
    pair(
        "a required member is filled",
        *_structs(
            "n: int",
            'n: int  k: string(1..9) @backfill("x")  d: decimal(9, 2) @backfill(1)  t: timestamp @backfill(now())',
        ),
        rows=('{"n": 1}',),
    ),
    pair(
        "an optional member comes",
        *_structs("n: int", "n: int  k: int?"),
        rows=('{"n": 1}',),
        then=('{"n": 1, "k": null}',),
    ),
    pair("a member goes unsaid", *_structs("n: int  k: int", "n: int"), refused=("E503",)),
    pair(
        "a member goes unsaid as one comes", *_structs("n: int  k: int", "n: int  j: int"), refused=("E502",)
    ),
    pair(
        "a member goes",
        *_structs("n: int  k: int", "n: int  dropped k"),
        rows=('{"n": 1, "k": 2}',),
        then=('{"n": 1}',),
        old_writes=(('{"n": 2, "k": 3}', '{"n": 2}'),),
        new_writes=(('{"n": 3}', '{"n": 3}'),),
    ),
    pair(
        "a member goes and is lost",
        *_structs("n: int  k: int", "n: int  dropped k @discard"),
        rows=('{"n": 1, "k": 2}',),
        then=('{"n": 1}',),
        back=('{"n": 1}',),
    ),
    pair(
        "a member has another name",
        *_structs("n: int", "m: int @was(n)"),
        rows=('{"n": 1}',),
        then=('{"m": 1}',),
        old_writes=(('{"n": 2}', '{"m": 2}'),),
        new_writes=(('{"m": 3}', '{"m": 3}'),),
        between=('{"m": 1, "n": 1}', '{"m": 2, "n": 2}', '{"m": 3, "n": 3}'),
    ),
    pair(
        "members of structs in lists in structs",
        "struct I { a: int  b: int }\nstruct S { n: int  is: I[] }\nentity T { id: int @id  s: S[] }",
        "struct I { c: int @was(a)  dropped b  d: int = 4 }\nstruct S { n: int  is: I[] }\nentity T { id: int @id  s: S[] }",
        rows=('[{"n": 1, "is": [{"a": 1, "b": 2}, {"a": 3, "b": 4}]}]', "[]"),
        then=('[{"n": 1, "is": [{"c": 1, "d": 4}, {"c": 3, "d": 4}]}]', "[]"),
        old_writes=(('[{"n": 7, "is": [{"a": 8, "b": 9}]}]', '[{"n": 7, "is": [{"c": 8, "d": 4}]}]'),),
        new_writes=(('[{"n": 7, "is": [{"c": 8, "d": 9}]}]', '[{"n": 7, "is": [{"c": 8, "d": 9}]}]'),),
    ),
    pair(
        "a member of a struct in an optional struct",
        "struct I { a: int }\nstruct S { i: I? }\nentity T { id: int @id  s: S? }",
        "struct I { a: int  b: bool = true }\nstruct S { j: I? @was(i) }\nentity T { id: int @id  s: S? }",
        rows=('{"i": {"a": 1}}', '{"i": null}', "null"),
        then=('{"j": {"a": 1, "b": true}}', '{"j": null}', "null"),
    ),
    pair("a member has another type", *_structs("n: int", "n: string"), refused=("E501",)),
    pair("a member becomes a list", *_structs("n: int", "n: int[]"), refused=("E501",)),
    pair(
        "a struct becomes a list",
        *_structs("n: int", "n: int", "s: S")[:1],
        "struct S { n: int }\nentity T { id: int @id  s: S[] }",
        refused=("E501",),
    ),
    pair("a member becomes wider", *_structs("n: int", "n: bigint"), rows=('{"n": 1}',), then=('{"n": 1}',)),
    pair(
        "a member becomes narrower",
        *_structs("n: string", "n: string(1..3)"),
        rows=('{"n": "abcd"}',),
        held="E508",
    ),
    pair(
        "a member becomes narrower, and fits",
        *_structs("n: string", "n: string(1..3)"),
        rows=('{"n": "abc"}',),
        then=('{"n": "abc"}',),
    ),
    pair(
        "a decimal loses digits",
        *_structs("n: decimal(10, 4)", "n: decimal(10, 2)"),
        rows=('{"n": "1.2345"}',),
        held="E508",
    ),
    pair("a member becomes required", *_structs("n: int?", "n: int"), rows=('{"n": null}',), held="E505"),
    pair(
        "a member becomes required, with a value",
        *_structs("n: int?", "n: int @backfill(3)"),
        rows=('{"n": null}', '{"n": 1}'),
        then=('{"n": 3}', '{"n": 1}'),
        back=('{"n": 3}', '{"n": 1}'),
    ),
    pair(
        "json becomes a struct",
        "struct S { n: int }\nentity T { id: int @id  s: json }",
        "struct S { n: int }\nentity T { id: int @id  s: S }",
        rows=('{"n": "x"}',),
        held="E509",
    ),
    pair(
        "json that is one becomes a struct",
        "struct S { n: int }\nentity T { id: int @id  s: json }",
        "struct S { n: int }\nentity T { id: int @id  s: S }",
        rows=('{"n": 1}',),
        then=('{"n": 1}',),
    ),
    pair(
        "a struct becomes json",
        "struct S { n: int }\nentity T { id: int @id  s: S }",
        "entity T { id: int @id  s: json }",
        rows=('{"n": 1}',),
        then=('{"n": 1}',),
    ),
    pair(
        "a struct is called otherwise",
        "struct S { n: int }\nentity T { id: int @id  s: S }",
        "struct R { n: int }\nentity T { id: int @id  s: R }",
        rows=('{"n": 1}',),
        then=('{"n": 1}',),
    ),
    pair(
        "texts become a list of an enum, and a row has something else",
        "entity T { id: int @id  s: string[] }",
        "enum E { a, b }\nentity T { id: int @id  s: E[] }",
        rows=("{a,x}",),
        held="E508",
    ),
    pair(
        "texts become a list of an enum",
        "entity T { id: int @id  s: string[] }",
        "enum E { a, b }\nentity T { id: int @id  s: E[] }",
        rows=("{a}", "{}"),
        then=('["a"]', "[]"),
    ),
    pair(
        "texts in a list become shorter, and one is not",
        "entity T { id: int @id  s: string[] }",
        "entity T { id: int @id  s: string(1..3)[] }",
        rows=("{abc,abcd}",),
        held="E508",
    ),
    pair(
        "numbers in a list get bounds",
        "entity T { id: int @id  s: int[] }",
        "entity T { id: int @id  s: int(0..9)[] }",
        rows=("{1,9}", "{}"),
        then=("[1, 9]", "[]"),
    ),
    pair(
        "a value of an enum in a list has another name",
        "enum E { a, b }\nentity T { id: int @id  s: E[] }",
        "enum E { z @was(a), b }\nentity T { id: int @id  s: E[] }",
        rows=("{a,b}", "{}"),
        then=('["z", "b"]', "[]"),
        old_writes=(("{a}", '["z"]'),),
        new_writes=(("{z}", '["z"]'),),
    ),
    pair(
        "a value of an enum in a list goes",
        "enum E { a, b, c }\nentity T { id: int @id  s: E[] }",
        "enum E { a, b\n dropped c @backfill(b) }\nentity T { id: int @id  s: E[] }",
        rows=("{a,c}",),
        then=('["a", "b"]',),
        old_writes=(("{c}", '["b"]'),),
        back=('["a", "b"]',),
    ),
    pair(
        "a value of an enum in a list that is held goes",
        "enum E { a, b }\nentity T { id: int @id  s: E[] }",
        "enum E { a\n dropped b }\nentity T { id: int @id  s: E[] }",
        rows=("{b}",),
        held="E510",
    ),
    pair(
        "a value of an enum in a list comes",
        "enum E { a }\nentity T { id: int @id  s: E[] }",
        "enum E { a, b }\nentity T { id: int @id  s: E[] }",
        rows=("{a}",),
        then=('["a"]',),
    ),
    pair(
        "values of enums in structs",
        "enum E { a, b, c }\nstruct S { e: E  es: E[] }\nentity T { id: int @id  s: S }",
        "enum E { z @was(a), b\n dropped c @backfill(b) }\nstruct S { e: E  es: E[] }\nentity T { id: int @id  s: S }",
        rows=('{"e": "a", "es": ["a", "b", "c"]}',),
        then=('{"e": "z", "es": ["z", "b", "b"]}',),
        old_writes=(('{"e": "a", "es": []}', '{"e": "z", "es": []}'),),
        back=('{"e": "a", "es": ["a", "b", "b"]}',),
    ),
    pair(
        "a value of a native enum in a struct goes",
        "enum E @native { a, b }\nstruct S { e: E }\nentity T { id: int @id  s: S }",
        "enum E @native { a\n dropped b }\nstruct S { e: E }\nentity T { id: int @id  s: S }",
        rows=('{"e": "b"}',),
        held="E510",
    ),
    pair(
        "a field of a struct has another name, and a member too",
        "struct S { n: int  k: int }\nentity T { id: int @id  r: S }",
        "struct S { m: int @was(n)  dropped k  j: int = 2 }\nentity T { id: int @id  s: S @was(r) }",
        rows=('{"n": 1, "k": 5}',),
        then=('{"m": 1, "j": 2}',),
        back=('{"n": 1}',),
    ),
    pair(
        "a table of a struct has another name",
        "struct S { n: int }\nentity R { id: int @id  s: S }",
        "struct S { n: int  k: int = 1 }\nentity T @was(R) { id: int @id  s: S }",
        rows=('{"n": 1}',),
        then=('{"n": 1, "k": 1}',),
    ),
)


@dataclass(frozen=True)
class RowPair:
    """Like `ValuePair`, with whole rows: SQL that inserts, and columns that are looked at with what they hold in each row, by key.
    `late`: what corrects rows of the old version, without which the contract stops. `numbered`: SQL that gives a row the next number, 6 or
    more, when all is done; `numbered_back` the same after the way back."""

    name: str
    before: str
    after: str
    rows: tuple[str, ...] = ()
    shown: str = ""
    then: tuple[str, ...] = ()
    old_writes: tuple[str, ...] = ()
    new_writes: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    held: str = ""
    late: str = ""
    numbered: str = ""
    numbered_back: str = ""
    order: str = "id"


def _embedded(member: str, changed: str, mark: str = "") -> tuple[str, str]:
    entity = f"entity T {{ id: int @id  s: S{mark} @embed }}"
    return f"struct S {{ {member} }}\n{entity}", f"struct S {{ {changed} }}\n{entity}"


_USERS = "entity U { id: int @id }\nentity O { id: int @id }\nentity P { id: int @id }\n"

ROW_PAIRS = (
    RowPair(
        "a member with a default comes, in columns",
        *_embedded("n: int", "n: int  k: int = 5"),
        rows=("insert into t(id, s_n) values (1, 1)",),
        old_writes=("insert into t(id, s_n) values (2, 2)",),
        new_writes=("insert into t(id, s_n, s_k) values (3, 3, 4)",),
        shown="s_n, s_k",
        then=("1,5", "2,5", "3,4"),
    ),
    RowPair(
        "a required member comes without a value, in columns",
        *_embedded("n: int", "n: int  k: int"),
        refused=("E504",),
    ),
    RowPair(
        "a member with a value comes, in columns that may be empty",
        *_embedded("n: int  m: int?", "n: int  m: int?  k: int @backfill(7)", "?"),
        rows=("insert into t(id, s_n) values (1, 1), (2, null)",),
        old_writes=("insert into t(id, s_n) values (3, 2), (4, null)",),
        new_writes=("insert into t(id, s_n, s_k) values (5, 3, 4), (6, null, null)",),
        shown="s_n, s_k",
        then=("1,7", "None,None", "2,7", "None,None", "3,4", "None,None"),
    ),
    RowPair(
        "a member has another name, in columns",
        *_embedded("n: int", "m: int @was(n)"),
        rows=("insert into t(id, s_n) values (1, 1)",),
        old_writes=("insert into t(id, s_n) values (2, 2)",),
        new_writes=("insert into t(id, s_m) values (3, 3)",),
        shown="s_m",
        then=("1", "2", "3"),
    ),
    RowPair(
        "field and member have other names, in columns",
        "struct S { n: int }\nentity T { id: int @id  r: S @embed }",
        "struct S { m: int @was(n) }\nentity T { id: int @id  s: S @embed @was(r) }",
        rows=("insert into t(id, r_n) values (1, 1)",),
        shown="s_m",
        then=("1",),
    ),
    RowPair("a member goes unsaid, in columns", *_embedded("n: int  k: text", "n: int"), refused=("E503",)),
    RowPair(
        "a member goes, in columns",
        *_embedded("n: int  k: text", "n: int  dropped k"),
        rows=("insert into t(id, s_n, s_k) values (1, 1, 'a')",),
        old_writes=("insert into t(id, s_n, s_k) values (2, 2, 'b')",),
        new_writes=("insert into t(id, s_n) values (3, 3)",),
        shown="s_n",
        then=("1", "2", "3"),
    ),
    RowPair(
        "a member is of another type, in columns",
        *_embedded("n: int", "n: text"),
        rows=("insert into t(id, s_n) values (1, 1)",),
        old_writes=("insert into t(id, s_n) values (2, 2)",),
        shown="s_n",
        then=("1", "2"),
    ),
    RowPair(
        "a member becomes required, in columns",
        *_embedded("n: int  k: int?", "n: int  k: int"),
        rows=("insert into t(id, s_n) values (1, 1)",),
        held="E505",
    ),
    RowPair(
        "a value of an enum has another name, in columns",
        "enum E { a, b }\nstruct S { e: E  es: E[] }\nentity T { id: int @id  s: S @embed }",
        "enum E { z @was(a), b }\nstruct S { e: E  es: E[] }\nentity T { id: int @id  s: S @embed }",
        rows=("insert into t(id, s_e, s_es) values (1, 'a', '{a,b}')",),
        old_writes=("insert into t(id, s_e, s_es) values (2, 'a', '{a}')",),
        new_writes=("insert into t(id, s_e, s_es) values (3, 'z', '{z}')",),
        shown="s_e, s_es",
        then=("z,['z', 'b']", "z,['z']", "z,['z']"),
    ),
    RowPair(
        "values that are stored otherwise than they are called",
        'enum E { a @value("A a"), b }\nentity T { id: int @id  e: E  es: E[] }',
        'enum E { z @was("A a") @value("Z z"), b }\nentity T { id: int @id  e: E  es: E[] }',
        rows=("insert into t(id, e, es) values (1, 'A a', '{\"A a\",b}')",),
        shown="e, es",
        then=("Z z,['Z z', 'b']",),
    ),
    RowPair(
        "a choice gets one more",
        _USERS + "entity T { id: int @id  x: U | O }",
        _USERS + "entity T { id: int @id  x: U | O | P }",
        rows=("insert into u values (1); insert into t(id, x_u_id) values (1, 1)",),
        old_writes=("insert into t(id, x_u_id) values (2, 1)",),
        new_writes=("insert into p values (1); insert into t(id, x_p_id) values (3, 1)",),
        shown="x_u_id, x_p_id",
        then=("1,None", "1,None", "None,1"),
    ),
    RowPair(
        "a choice loses one, and rows have it",
        _USERS + "entity T { id: int @id  x: U | O | P }",
        _USERS + "entity T { id: int @id  x: U | O\n dropped x_p }",
        rows=("insert into p values (1); insert into t(id, x_p_id) values (1, 1)",),
        held="E508",
    ),
    RowPair(
        "a choice loses one that no row has",
        _USERS + "entity T { id: int @id  x: U | O | P }",
        _USERS + "entity T { id: int @id  x: U | O\n dropped x_p }",
        rows=("insert into u values (1); insert into t(id, x_u_id) values (1, 1)",),
        shown="x_u_id, x_o_id",
        then=("1,None",),
    ),
    RowPair(
        "a choice loses one unsaid",
        _USERS + "entity T { id: int @id  x: U | O | P }",
        _USERS + "entity T { id: int @id  x: U | O }",
        refused=("E503",),
    ),
    RowPair(
        "what a choice leads to has another name",
        _USERS + "entity T { id: int @id  x: U | O }",
        _USERS.replace("entity U", "entity V @was(U)") + "entity T { id: int @id  x: V | O }",
        rows=("insert into u values (1); insert into t(id, x_u_id) values (1, 1)",),
        shown="x_v_id",
        then=("1",),
    ),
    RowPair(
        "a choice has another name",
        _USERS + "entity T { id: int @id  x: U | O }",
        _USERS + "entity T { id: int @id  y: U | O @was(x) }",
        rows=("insert into u values (1); insert into t(id, x_u_id) values (1, 1)",),
        old_writes=("insert into t(id, x_u_id) values (2, 1)",),
        new_writes=("insert into t(id, y_u_id) values (3, 1)",),
        shown="y_u_id",
        then=("1", "1", "1"),
    ),
    RowPair(
        "a reference becomes a choice",
        _USERS + "entity T { id: int @id  x: U }",
        _USERS + "entity T { id: int @id  x: U | O }",
        rows=("insert into u values (1); insert into t(id, x_id) values (1, 1)",),
        shown="x_u_id",
        then=("1",),
    ),
    RowPair(
        "a struct moves into columns",
        "struct S { n: int  k: text? }\nentity T { id: int @id  s: S }",
        "struct S { n: int  k: text? }\nentity T { id: int @id  s: S @embed }",
        refused=("E501",),
    ),
    RowPair(
        "a struct moves out of columns",
        "struct S { n: int  k: text? }\nentity T { id: int @id  s: S @embed }",
        "struct S { n: int  k: text? }\nentity T { id: int @id  s: S }",
        refused=("E501",),
    ),
    RowPair(
        "a choice becomes a reference",
        _USERS + "entity T { id: int @id  x: U | O }",
        _USERS + "entity T { id: int @id  x: U?\n dropped x_o }",
        rows=("insert into u values (1); insert into t(id, x_u_id) values (1, 1)",),
        shown="x_id",
        then=("1",),
    ),
)


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
