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
