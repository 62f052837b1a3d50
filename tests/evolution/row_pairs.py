"""Pairs of specifications like those of `value_pairs`, given as whole rows: structs in columns."""

from dataclasses import dataclass

from tests.evolution.value_pairs import HEAD


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
    head: str = HEAD


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
