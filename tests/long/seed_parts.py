"""A part of random systems whose seed and test have rows that refer to each other by keys of every kind."""

from tests.long.frame import Frame, Part, snake_case


def seeded(frame: Frame, name: str) -> Part:
    """Rows of a seed and of a test, each under the one before."""
    top, top_row = _key(frame, "")
    mid, mid_row = _key(frame, f"{name}")
    unique = frame.maybe("  unique (mid, text)\n")
    home, held = ("  home: House = { " + frame.given(frame.house) + 'name: "Home" }\n', "house: home, ")
    home, held = (home, held) if frame.tenanted else ("", "")
    seed = f"{snake_case(name)}_rows"
    rows = [
        f'  ann: Person = {{ {frame.given(frame.person)}{held}name: "Ann" }}\n',
        f'  top: {name} = {{ {top_row}{held}text: "top" }}\n',
        f'  mid: {name}Mid = {{ {mid_row}{held}{"" if "of: top" in mid_row else "of: top, "}text: "mid" }}\n',
        f'  leaf: {name}Leaf = {{ {held}mid: mid, text: "leaf" }}\n',
    ]
    frame.chance.shuffle(rows)
    own = held.replace("home", f"{seed}.home")
    return Part(
        f"""entity {name} {{
{top}{frame.held}  text: string(1..20)
}}
entity {name}Mid {{
{mid}{"" if "of: " in mid else f"  of: {name} @on_delete(cascade)"}
{frame.held}  text: string(1..20)
}}
entity {name}Leaf {{
  id: {frame.one("uuid = uuid7() @id", "bigint @identity @id")}
{frame.held}  mid: {name}Mid @on_delete(cascade)
  text: string(1..20)
{unique}}}
seed {seed} {{
{home}{"".join(rows)}}}
test "rows of {name}" {{
  given l = {name}Leaf {{ {own}mid: {seed}.mid, text: "given" }}
  as {seed}.ann with staff
  expect allow read l
  expect allow read {seed}.leaf
  expect l.text == "given"
}}""",
        frame.open_policy(name, f"{name}Mid", f"{name}Leaf"),
        f"""  resource {name} {{ ops list, get, create
    resource {name}Mid at "/mids" {{ ops list, get, create, update, delete
      resource {name}Leaf at "/leaves" {frame.maybe("@bulk ")}{{ ops list, get, create, update, delete }}
    }}
  }}""",
    )


def _key(frame: Frame, around: str) -> tuple[str, str]:
    """Return the fields of a key, and what a row of the seed gives for them. `around`: the entity of the row above, which may be in it."""
    kinds = [
        ("  id: uuid = uuid7() @id\n", ""),
        ("  code: string(1..9) @id\n", 'code: "A1", '),
        ("  a: string(1..9)\n  b: int\n  id (a, b)\n", 'a: "x", b: 7, '),
        ("  a: uuid = uuid7()\n  b: int\n  id (a, b)\n", "b: 7, "),
        ("  person: Person @on_delete(cascade)\n  id (person)\n", "person: ann, "),
        ("  person: Person @on_delete(cascade)\n  n: int\n  id (person, n)\n", "person: ann, n: 3, "),
    ]
    if around:
        of = f"  of: {around} @on_delete(cascade)\n"
        kinds += [(f"{of}  n: int\n  id (of, n)\n", "of: top, n: 4, "), (f"{of}  id (of)\n", "of: top, ")]
    return frame.chance.choice(kinds)
