"""Parts of random systems whose answers and paths have another shape than their rows."""

from tests.long.frame import Frame, Part


def concealed(frame: Frame, name: str) -> Part:
    """Fields that no answer has: plain, encrypted, computed, relations; conditions look at them."""
    kind = frame.one("string(1..30)", "int", "decimal(9, 2)", "timestamp", "bool", "uuid", "json")
    given = (
        frame.maybe("?") + " @writeonly" + (frame.maybe(" @encrypted") if kind.startswith("string") else "")
    )
    seen = frame.one("", "when score >= 0", "when score >= 0 or rater == actor")
    return Part(
        f"""entity {name} {frame.maybe("@audited ")}{frame.maybe("@versioned ")}{{
  id: uuid = uuid7() @id
{frame.held}  label: string(1..30)
  given: {kind}{given}
  score: int = 0 @hidden
  rater: Person? @hidden
  sponsor: Person? @writeonly @on_delete(set_null)
  good: bool @computed(score > 5) @hidden
  lines: {name}Line[] @inverse(of) @owned
}}
entity {name}Line {{
  id: uuid = uuid7() @id
{frame.held}  of: {name} @on_delete(cascade)
  text: string(1..30) @writeonly
}}""",
        f"policy {name} {{ {frame.scope}allow create, update, delete to staff  allow read to staff  allow read to guest {seen} }}\n"
        + f"policy {name}Line {{ {frame.scope}allow read via of  allow create, update to staff }}",
        f"""  resource {name} {frame.maybe("@fields ")}{frame.maybe("@can ")}{{
    input create {{ label, given, sponsor?, lines? {{ text }} }}
    filter label  sort label  expand lines(max: 4)
  }}
  resource {name}Line {{ ops list, get, update }}""",
    )


def named(frame: Frame, name: str) -> Part:
    """Rows that paths name by a unique field: texts, numbers, dates, keys of several columns, soft deletion, operations."""
    kind = frame.one("string(1..30)", "int", "bigint", "uuid = uuid4()", "date")
    tenanted = frame.tenanted and frame.maybe("y") == "y"
    unique, mark = ("  unique (house, code)\n", "") if tenanted else ("", " @unique")
    key = frame.one(
        "  id: uuid = uuid7() @id\n",
        "  id: bigint @identity @id\n",
        "  of: Person\n  no: int(0..99)\n  id (of, no)\n",
    )
    return Part(
        f"""entity {name} {frame.maybe("with SoftDelete ")}{frame.maybe("@versioned ")}{frame.maybe("@audited ")}{{
{key}{frame.held}  code: {kind}{mark}
  text: string(1..30)?
  kin: {name}Kin[] @inverse(to)
{unique}}}
entity {name}Kin {{
  id: uuid = uuid7() @id
{frame.held}  to: {name} @on_delete(cascade)
}}""",
        f"policy {name} {{ {frame.scope}allow read, create, update, delete, mark to staff  allow read to {frame.readers()} }}\n"
        + frame.open_policy(f"{name}Kin"),
        f"""  resource {name} by code {{
    {frame.one("", "page offset(default: 5, max: 9)")}
    filter text(contains)  sort text  expand kin(max: 3)
    {frame.one("", "show { code, text }", "show list { text }", "show { text, code }  show list { code }")}
    op mark(text: string(1..30)) -> {name} {frame.maybe("@idempotent ")}{{ set {{ text: text }} }}
  }}
  resource {name}Kin {{ ops list, get, create }}""",
    )


def under(frame: Frame, name: str) -> Part:
    """Rows under rows under rows, whose parents not everybody reads, and which paths name in several ways."""
    key = frame.one("uuid = uuid7() @id", "bigint @identity @id", "string(1..20) @id")
    own = frame.one("id: uuid = uuid7() @id", "id: int @id", "of: Person\n  no: int(0..9)\n  id (of, no)")
    seen = frame.one("", "when shown", "when by == actor or shown")
    by = frame.one("", " by code")
    again = frame.one("", _again(frame, f"{name}Mid", f"{name}Leaf"))
    return Part(
        f"""entity {name} {frame.maybe("with SoftDelete ")}{frame.maybe("@versioned ")}{{
  id: {key}
{frame.held}  code: string(1..20) @unique
  by: Person
  shown: bool = true
}}
entity {name}Mid {frame.maybe("with SoftDelete ")}{frame.maybe("@versioned ")}{{
  id: {frame.one("uuid = uuid7() @id", "bigint @identity @id")}
{frame.held}  top: {name} @on_delete(cascade){frame.maybe(" @immutable")}
  code: string(1..20) @unique
  text: string(1..20)?
}}
entity {name}Leaf {frame.maybe("@audited ")}{{
  {own}
{frame.held}  mid: {name}Mid @on_delete(cascade)
  text: string(1..20)
}}""",
        f"policy {name} {{ {frame.scope}allow read, create to staff  allow read to guest {seen} }}\n"
        + f"policy {name}Mid {{ {frame.scope}allow read to guest  allow create, update, delete, mark to staff }}\n"
        + frame.open_policy(f"{name}Leaf"),
        f"""  resource {name}{by} {{
    ops list, get, create
    resource {name}Mid at "/mids"{frame.one("", " by code")} {frame.maybe("@conditional ")}{frame.maybe("@reads(replica) ")}{frame.maybe("@bulk ")}{{
      {frame.one("", "page offset(default: 5, max: 9)", "page cursor(total: true)")}
      filter text  sort text  expand top
      op mark(text: string(1..9)) -> {name}Mid {{ set {{ text: text }} }}
      resource {name}Leaf at "/leaves" {frame.maybe("@bulk ")}{{ filter text(contains) }}
    }}
  }}{again}""",
    )


def _again(frame: Frame, mid: str, leaf: str) -> str:
    """The same rows at paths of their own, in the same api."""
    return f"""
  resource {mid} at "/{mid.lower()}-all"{frame.one("", " by code")} {frame.maybe("@fields ")}{{
    {frame.one("ops list, get", "ops list, get, update", "page offset(default: 3, max: 5)")}
    {frame.one("", "show { id, text }", "show list { code }")}
    filter top, code  sort code{frame.maybe(" default code desc")}
    {frame.maybe(f'resource {leaf} at "/under" {{ ops list, get, create }}')}
  }}
  {frame.maybe(f'resource {leaf} at "/{leaf.lower()}-all" {{ ops list, delete  filter mid }}')}"""


def owned(frame: Frame, name: str) -> Part:
    """One row of each caller, at a path without a key."""
    key = frame.one("uuid = uuid7() @id", "bigint @identity @id")
    seen = frame.one("", "when of == actor", "when shown")
    return Part(
        f"""entity {name} {frame.maybe("with SoftDelete ")}{frame.maybe("@versioned ")}{{
  id: {key}
{frame.held}  of: Person @unique
  shown: bool = true
  text: string(1..20)?
}}""",
        f"policy {name} {{ {frame.scope}allow read to guest {seen}  allow update, delete to staff }}\n",
        f"""  resource {name} at "/{name.lower()}-of-mine" @single(of) {frame.maybe("@conditional ")}{{
    {frame.one("", "show { id, text }", "show { text, of { name } }")}
    {frame.one("ops get, update", "ops get, update, delete")}
  }}""",
    )
