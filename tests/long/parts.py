"""The parts of random systems: each gives entities, their policies and their resources, all under one prefix."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tests.long.external_parts import called
from tests.long.fields import fielded
from tests.long.frame import Frame, Part, snake_case
from tests.long.input_parts import linked, restored
from tests.long.job_parts import received, worked
from tests.long.list_parts import asked
from tests.long.mail_parts import mailed
from tests.long.rule_parts import chained, member, moved, queried, scalars, secret, tagged
from tests.long.shape_parts import concealed, named, owned, under
from tests.long.statement_parts import hooked, stated


def keyed(frame: Frame, name: str) -> Part:
    """A key of any type, given or made, alone or of two fields."""
    key = frame.one(
        "  id: string(1..20) @id\n", "  id: int @id\n", "  id: bigint @identity @id\n", "  day: date @id\n", "  id: uuid @id\n",
        f"  kind: {name}Kind\n  n: int(0..5)\n  id (kind, n)\n", "  a: string(1..9)\n  b: int\n  id (a, b)\n", "  owner: Person\n  n: int\n  id (owner, n)\n", "  at: timestamp @id\n",
    )  # fmt: skip
    kinds = f"enum {name}Kind {{ a, b, c }}\n" if "Kind" in key else ""
    return Part(
        f"{kinds}entity {name} {{\n{key}{frame.held}  note: string(..40)?\n}}",
        frame.open_policy(name),
        f"  resource {name} {frame.maybe('@bulk ')}{{ ops list, get, create, update, delete }}",
    )


def pair(frame: Frame, name: str) -> Part:
    """Children of a composite key, that a create may have to bring, and that only those may write who may update the row."""
    updating = f"policy {name} {{ {frame.scope}allow read, create, delete to staff  allow update to staff when padded  allow read to {frame.readers()} }}"
    return Part(
        f"""entity {name} {{
  room: string(1..9)
  seat: int
{frame.held}  padded: bool = false
  lines: {name}Line[] @inverse(of) @owned
  id (room, seat)
}}
entity {name}Line {{
  id: uuid = uuid7() @id
{frame.held}  of: {name} @on_delete(cascade)
  text: string(1..40)
{frame.maybe(f"  near: {name}? @on_delete(set_null)", 0.5 if not frame.tenanted else 0)}
{frame.maybe("  unique (of, text)")}
}}""",
        frame.one(frame.open_policy(name), updating)
        + f"\npolicy {name}Line {{ {frame.scope}allow read via of  allow create, update, delete via of.update }}",
        f"""  resource {name} {{ expand lines(max: 5) {frame.maybe(" input create { room, seat, lines { text } } ")}}}
  resource {name}Line {{ expand of  filter of_seat }}""",
    )


def mutual(frame: Frame, name: str) -> Part:
    """Two entities that refer to each other."""
    back = frame.one(f"{name}B?", f"{name}B? @on_delete(set_null)", f"{name}B @deferrable(deferred)")
    return Part(
        f"""entity {name}A {{
  id: uuid = uuid7() @id
{frame.held}  b: {back}
  bs: {name}B[] @inverse(a)
  size: int @computed(count(bs))
}}
entity {name}B {{
  id: uuid = uuid7() @id
{frame.held}  a: {name}A
  label: string(1..20)
}}""",
        frame.open_policy(f"{name}A", f"{name}B"),
        f"  resource {name}A {{ expand b {{ a }}, bs(max: 5) }}\n  resource {name}B {{ expand a }}",
    )


def tree(frame: Frame, name: str) -> Part:
    """Rows below rows."""
    return Part(
        f"""entity {name} {frame.maybe("with SoftDelete ")}{frame.maybe("@versioned ")}{{
  id: uuid = uuid7() @id
{frame.held}  parent: {name}? @on_delete({frame.one("cascade", "set_null", "restrict")})
  children: {name}[] @inverse(parent)
  title: string(1..40)
  below: int @computed(count(children))
{frame.maybe("  unique (parent, title)")}
{frame.maybe("  check not_itself (parent == null or parent != id)")}
}}""",
        frame.open_policy(name),
        f"  resource {name} {{ expand parent {{ parent }}, children(max: 5)  filter parent  sort title }}",
    )


def span(frame: Frame, name: str) -> Part:
    """From and to, never twice at the same time."""
    kind, make = frame.one("timestamp tstzrange", "date daterange", "int int4range").split()
    exclusion = (
        f'  exclude apart using gist (sql("{make}(starts, ends)") with "&&"){frame.maybe(" where active")}\n'
    )
    return Part(
        f"""entity {name} {{
  id: uuid = uuid7() @id
{frame.held}  starts: {kind}
  ends: {kind}
  active: bool = true
  check in_order (ends {frame.one(">", ">=")} starts)
{frame.maybe(exclusion)}}}""",
        frame.open_policy(name)
        if kind != "timestamp"
        else f"policy {name} {{ {frame.scope}allow read, update, delete to staff  allow create to staff when starts {frame.one('>', '<')} now() }}",
        f"  resource {name} {{ filter starts(range)  sort starts }}",
    )


def ends(frame: Frame, name: str) -> Part:
    """Two references to one entity that differ, unique together; rows of it may stand below one of the two."""
    key = frame.one("  id: uuid = uuid7() @id", "  area: string(1..9)\n  no: int\n  id (area, no)")
    own = f"resource {name} {{ expand source, target  filter source }}"
    below = f'resource {name} at "/edges" via source {{ ops list, get, create, delete }}'
    return Part(
        f"""entity {name}Node {{
{key}
{frame.held}  label: string(1..20)
  out: {name}[] @inverse(source)
}}
entity {name} {{
  {frame.one("id: uuid = uuid7() @id", "id (source, target)")}
{frame.held}  source: {name}Node
  target: {name}Node
  weight: decimal(8, 2) = 1 @min(0)
  check different (source != target)
{frame.maybe("  unique (target, source)")}
}}""",
        frame.open_policy(f"{name}Node")
        + f"\npolicy {name} {{ {frame.scope}allow read via source  allow create, update, delete to staff }}",
        frame.one(
            f"  resource {name}Node {{ expand out(max: 5) }}\n  {own}",
            f"  resource {name}Node {{\n    ops list, get, create, delete\n    {below}\n  }}",
        ),
    )


def either(frame: Frame, name: str) -> Part:
    """Exactly one of several, and values that depend on each other."""
    return Part(
        f"""enum {name}Kind {{ a, b, c }}
entity {name} {{
  id: uuid = uuid7() @id
{frame.held}  link: string(1..40)?
  file: string(1..40)?
  kind: {name}Kind
  reason: string(..40)?
  points: int
  check one ({frame.one("(link == null) != (file == null)", "(link != null and file == null) or (link == null and file != null)")})
  check reasoned (kind != c or reason != null)
  check stepped (points {frame.one("in [-5, 0, 5]", ">= 10 and points < 20", "* 2 > 7")})
}}""",
        frame.open_policy(name),
        f"  resource {name} {{ filter kind, points(range) }}",
    )


def parted(frame: Frame, name: str) -> Part:
    """A table kept in parts."""
    kind, key, parts = frame.chance.choice(
        (
            (
                "date",
                "range",
                '  partition old from ("2020-01-01") to ("2026-01-01")\n  partition new from ("2026-01-01") to (maxvalue)',
            ),
            ("int", "range", "  partition low from (minvalue) to (10)\n  partition high from (10) to (100)"),
            ("string(1..9)", "list", '  partition north in ("n", "nn")\n  partition south in ("s")'),
            ("bigint", "hash", "  partition p0 modulus 2 remainder 0\n  partition p1 modulus 2 remainder 1"),
            (frame.one("date", "timestamp"), "range", ""),
        )
    )
    by = frame.one(", by: day, keep: 1d", ", by: year", ", by: month, keep: 60d") if not parts else ""
    now = frame.maybe({"date": " = today()", "timestamp": " = now()"}.get(kind, "")) if not parts else ""
    return Part(
        f"""entity {name} @partition({key}, at{by}) {{
  id: {frame.one("int", "bigint @identity")}
{frame.held}  at: {kind}{now}
  value: float?
  id (id, at)
{parts}
}}""",
        frame.open_policy(name),
        f"  resource {name} {frame.maybe('@bulk ')}{{ filter at{frame.maybe('(range)', 1 if key == 'range' else 0)} }}",
    )


def shown(frame: Frame, name: str) -> Part:
    """A view."""
    kind = frame.one("uuid", "int")
    part, type_ = frame.one("x.size int", "x.title string", "x.by.level int").split()
    return Part(
        f"""entity {name} {{
  id: {kind}{" = uuid7()" if kind == "uuid" else ""} @id
{frame.held}  title: string(1..40)
  size: int
  by: Person{frame.maybe(" = actor")}
  hidden: bool = false
}}
view {name}List from x in {name} where (x.size > 1) {{
  id: {kind} = x.id
  title: string = upper(x.title)
  by: Person = x.by
  level: int = x.by.level
}}
view {name}Sum from x in {name} {frame.maybe("where (x.size > 0) ")}group (x.by, {part}){frame.maybe(" having (count(x) > 0)")} {{
  by: Person = x.by
  part: {type_} = {part}
  rows: int = count(x)
  most: int = max(x.size)
  all: int = sum(x.size) + count(x)
}}""",
        f"policy {name} {{ {frame.scope}allow read to guest when not hidden  allow read, create to staff }}\n"
        f"policy {name}Sum {{ allow read to guest when rows > 0 }}\n"
        f"policy {name}List {{ allow read to {frame.one('guest', 'staff')} }}",
        f"  resource {name}Sum {{ filter by.level(range), rows, most(range)  sort all, by.name default most desc  expand by }}\n"
        f"  resource {name} {{ ops list, create }}\n  resource {name}List {{ filter level(range)  sort title  expand by }}",
    )


def choice(frame: Frame, name: str) -> Part:
    """A choice between two entities, and an embedded struct."""
    return Part(
        f"""struct {name}Size {{
  width: int(1..100)
  unit: string(1..4) = "px"
}}
entity {name}X {{
  id: uuid = uuid7() @id
{frame.held}  size: {name}Size @embed
}}
entity {name}Y {{
  id: {frame.one("uuid = uuid7()", "string(1..9)")} @id
{frame.held}  size: {name}Size?
}}
entity {name} {{
  id: uuid = uuid7() @id
{frame.held}  about: {name}X | {name}Y{frame.maybe("?")}
  text: string(1..40)
}}""",
        frame.open_policy(f"{name}X", f"{name}Y", name),
        f"  resource {name}X {{ ops list, get, create }}\n  resource {name}Y {{ ops list, get, create }}\n"
        f"  resource {name} {{ expand about_{snake_case(name)}_x  filter about_{snake_case(name)}_y }}",
    )


def notified(frame: Frame, name: str) -> Part:
    """Events of a row, sent to subscribers; subscriptions that differ in what they have beside address and secret."""
    topics = frame.maybe("  events: string(1..80)[]\n")
    soft = frame.maybe(" with SoftDelete")
    key = frame.one("id: uuid = uuid7() @id", "code: string(1..20) @id", "a: int\n  b: date\n  id (a, b)")
    settings = (
        frame.maybe(f"events: [{name}Told]  ") + frame.maybe("attempts: 3  ") + frame.maybe("keep: 2d  ")
    )
    entities = f"""\
entity {name} {{
  {key}
{frame.held}  told: int = 0
  hint: string(..40)? @encrypted
}}
entity {name}Hook{soft}{frame.maybe(" @audited")} {{
  id: uuid = uuid7() @id
{frame.held}  owner: Person = actor @readonly
  url: {frame.one("string(1..400)", "text")}
  secret: string(8..100) @encrypted
{topics}}}
event {name}Told on {name} @version({frame.one("1", "4")}) {{ row: {name}  told: int }}
event {name}Counted {{ by: int }}
webhooks to {name}Hook {{ {settings}}}
{frame.maybe(f'stream {name} to nats at env("NATS_URL") {{ }}')}"""
    hooks = f"policy {name}Hook {{ {frame.scope}allow read, create, update, delete to staff when owner == actor }}"
    resources = f"""\
  resource {name} {{
    ops list, get, create
    op tell(by: int(1..9)) -> {name} {{
      set {{ told: told + by }}
      emits {name}Told, {name}Counted
    }}
  }}
  resource {name}Hook {{ ops list, get, create, update, delete }}"""
    return Part(entities, frame.open_policy(name, actions="read, create, tell") + "\n" + hooks, resources)


PARTS: Mapping[str, Callable[[Frame, str], Part]] = MappingProxyType(
    {
        each.__name__: each
        for each in (
            keyed,
            pair,
            mutual,
            tree,
            asked,
            span,
            ends,
            either,
            parted,
            shown,
            choice,
            moved,
            stated,
            hooked,
            secret,
            scalars,
            member,
            queried,
            chained,
            tagged,
            fielded,
            concealed,
            named,
            notified,
            worked,
            called,
            received,
            mailed,
            under,
            owned,
            linked,
            restored,
        )
    }
)
