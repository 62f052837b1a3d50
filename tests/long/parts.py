"""The parts of random systems: each gives entities, their policies and their resources, all under one prefix."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from tests.long.fields import fielded
from tests.long.frame import Frame, Part


def keyed(frame: Frame, name: str) -> Part:
    """A key of any type, given or made, alone or of two fields."""
    key = frame.one(
        "  id: string(1..20) @id\n", "  id: int @id\n", "  id: bigint @identity @id\n", "  day: date @id\n", "  id: uuid @id\n",
        "  a: string(1..9)\n  b: int\n  id (a, b)\n", "  owner: Person\n  n: int\n  id (owner, n)\n", "  at: timestamp @id\n",
    )  # fmt: skip
    return Part(
        f"entity {name} {{\n{key}{frame.held}  note: string(..40)?\n}}",
        frame.open_policy(name),
        f"  resource {name} {{ ops list, get, create, update, delete }}",
    )


def pair(frame: Frame, name: str) -> Part:
    """Children and grandchildren of a composite key."""
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
        frame.open_policy(name)
        + f"\npolicy {name}Line {{ {frame.scope}allow read via of  allow create, update, delete via of.update }}",
        f"""  resource {name} {{ expand lines(max: 5) }}
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
    """Two references to one entity that differ, unique together."""
    return Part(
        f"""entity {name}Node {{
  id: uuid = uuid7() @id
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
        f"  resource {name}Node {{ expand out(max: 5) }}\n  resource {name} {{ expand source, target  filter source }}",
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
        )
    )
    return Part(
        f"""entity {name} @partition({key}, at) {{
  id: int
{frame.held}  at: {kind}
  value: float?
  id (id, at)
{parts}
}}""",
        frame.open_policy(name),
        f"  resource {name} {{ filter at{frame.maybe('(range)', 1 if key == 'range' else 0)} }}",
    )


def shown(frame: Frame, name: str) -> Part:
    """A view."""
    kind = frame.one("uuid", "int")
    return Part(
        f"""entity {name} {{
  id: {kind}{" = uuid7()" if kind == "uuid" else ""} @id
{frame.held}  title: string(1..40)
  size: int
  by: Person
  hidden: bool = false
}}
view {name}List from x in {name} where (x.size > 1) {{
  id: {kind} = x.id
  title: string = upper(x.title)
  by: Person = x.by
  level: int = x.by.level
}}""",
        f"policy {name} {{ {frame.scope}allow read to guest when not hidden  allow read, create to staff }}\n"
        f"policy {name}List {{ allow read to {frame.one('guest', 'staff')} }}",
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
        f"  resource {name} {{ expand about_{_snake(name)}_x  filter about_{_snake(name)}_y }}",
    )


def moved(frame: Frame, name: str) -> Part:
    """A machine, moved by operations, by handlers and by neither."""
    body = frame.one("", " @handler", " @idempotent")
    return Part(
        f"""enum {name}State {{ new, going, done, lost }}
error {name}Late 409 {{ state: {name}State }}
event {name}Done on {name} {{ {_snake(name)}: {name} }}
entity {name} with Timestamps{frame.maybe(" @audited")}{frame.maybe(" @versioned")} {{
  id: uuid = uuid7() @id
{frame.held}  state: {name}State = new
  done_at: timestamp?
  remark: string(..40)?
  by: Person
}}
machine {name}.state {{ new -> going by start  going -> done by finish  new, going -> lost }}""",
        f"policy {name} {{ {frame.scope}allow read to guest  allow create to guest when by == actor\n"
        f"  allow update to staff when old.state != done  allow start, finish to staff  deny finish to staff when by == actor }}",
        f"""  resource {name} {{
    ops list, get, create, update
    op start() -> {name}{body}
    op finish(remark: string(..40)?) -> {name} {{
      set {{ remark: remark }}
      errors {name}Late on illegal_transition
      emits {name}Done
    }}
  }}""",
    )


def secret(frame: Frame, name: str) -> Part:
    """Encrypted, masked, immutable, computed and stored fields."""
    return Part(
        f"""entity {name} {{
  id: {frame.one("uuid = uuid7()", "string(1..12)", "int")} @id
{frame.held}  code: string(1..40) @encrypted
  hint: string(..40)? @encrypted{frame.maybe(" @immutable")}
  fixed: int @immutable
  masked: int?
  twice: int @computed(fixed * 2){frame.maybe(" @stored")}
  by: Person
}}""",
        f"policy {name} {{ {frame.scope}allow read, create to guest  allow update, delete to staff\n"
        f"  field masked {{ read to staff  write to {frame.one('staff', 'guest')}{frame.maybe('  else mask(0)')} }}\n"
        f"  field code {{ read to guest when by == actor  write to guest }} }}",
        f"  resource {name} {{ filter fixed(range)  expand by }}",
    )


def scalars(frame: Frame, name: str) -> Part:
    """Fields of many types with filters and sorts."""
    types = {
        "s": "string(1..20)", "t": "text", "i": "int", "b": "bigint", "d": "decimal(12, 3)", "w": "decimal(30, 15)", "f": "float",
        "y": "bool", "u": "uuid", "day": "date", "tod": "time", "at": "timestamp", "len": "duration", "p": "string(2..5) @pattern(r\"^[a-z]+$\")",
    }  # fmt: skip
    chosen = frame.chance.sample(sorted(types), k=7)
    plain = {"bool", "uuid"}
    optional = {each: frame.maybe("?") for each in chosen}
    fields = "\n".join(f"  {each}: {_optional(types[each], optional[each])}" for each in chosen)
    ordered = [each for each in chosen if types[each] not in plain]
    filters = ", ".join(each if types[each] in plain else f"{each}(eq, in, range)" for each in chosen)
    return Part(
        f"""struct {name}In {{ a: decimal(9, 2)  b: timestamp?  c: string[]  d: duration? }}
entity {name} {{
  id: uuid = uuid7() @id
{frame.held}{fields}
  list: {frame.one("int", "string(1..9)", "decimal(8, 2)", "date", "uuid")}[]
  more: json?
  raw: bytes?
  inner: {name}In?
}}""",
        frame.open_policy(name),
        f"  resource {name} {{ filter {filters}{f'  sort {chr(44).join(ordered)}' if ordered else ''} }}",
    )


def member(frame: Frame, name: str) -> Part:
    """Roles that rows of a membership give."""
    return Part(
        f"""entity {name} {{
  id: uuid = uuid7() @id
{frame.held}  title: string(1..40)
  members: {name}Member[] @inverse(group)
}}
entity {name}Member {{
  group: {name} @on_delete(cascade)
  person: Person
{frame.held}  chief: bool = false
  id (group, person)
}}
entity {name}Item {{
  id: uuid = uuid7() @id
{frame.held}  group: {name}
  text: string(1..40)
}}
role {_snake(name)}_member on {name} when exists m in members where (m.person == actor)
role {_snake(name)}_chief on {name} when exists m in members where (m.person == actor and m.chief)
role {_snake(name)}_writer on {name}Item when exists m in group.members where (m.person == actor)""",
        f"""policy {name} {{ {frame.scope}allow read to {_snake(name)}_member, staff  allow create to staff  allow update, delete to {_snake(name)}_chief }}
policy {name}Member {{ {frame.scope}allow read via group  allow create, update, delete via group.update }}
policy {name}Item {{ {frame.scope}allow read via group  allow create to {_snake(name)}_writer  allow update, delete via group.update
  {frame.maybe("deny delete via group.delete")} }}""",
        f"""  resource {name} {{ expand members(max: 5) {{ person }} }}
  resource {name}Member {{ expand group }}
  resource {name}Item {{ expand group }}""",
    )


def queried(frame: Frame, name: str) -> Part:
    """Operations of SQL and Python, in a resource that offers `get` alone and outside of one."""
    snake = _snake(name)
    return Part(
        f"""entity {name} {{
  id: int @id
{frame.held}  title: string(1..40)
}}
struct {name}Row {{ title: string  size: int }}""",
        f"policy {name} {{ {frame.scope}allow read, touch to guest }}",
        f"""  resource {name} {{
    ops get
    op touch(by: int = 1) -> {name} @handler
  }}
  op {snake}_sizes(least: int = 0) -> {name}Row[] @http(GET, "/{snake}/sizes") {{
    allow {frame.one("guest", "staff")}
    sql \"\"\"
      select title, length(title) as size from {snake} where length(title) >= :least order by title
    \"\"\"
  }}
  op {snake}_total() -> bigint @http({frame.one("GET", "POST")}, "/{snake}/total") {{
    allow staff
    sql \"\"\"
      select count(*) from {snake}
    \"\"\"
  }}""",
    )


def chained(frame: Frame, name: str) -> Part:
    """Rights and denials along references."""
    action = frame.one("", ".update", ".delete")
    return Part(
        f"""entity {name}A {{
  id: uuid = uuid7() @id
{frame.held}  by: Person
  open: bool = true
}}
entity {name}B {{
  id: uuid = uuid7() @id
{frame.held}  a: {name}A{frame.maybe("?")}
  text: string(1..20)
}}
entity {name}C {{
  id: uuid = uuid7() @id
{frame.held}  b: {name}B
  text: string(1..20)
}}
role {_snake(name)}_owner on {name}A when by == actor""",
        f"""policy {name}A {{ {frame.scope}allow read to guest  allow create to guest when by == actor  allow update to {_snake(name)}_owner when {frame.one("old.open", "open")}  allow delete to staff when not open }}
policy {name}B {{ {frame.scope}allow read via a  allow read to staff  allow create, update to staff  allow delete via a.update  deny delete via a{frame.one(".delete", ".create")} }}
policy {name}C {{ {frame.scope}allow read via b  allow create, update, delete to guest  deny {frame.one("update", "delete")} via b{action or ".read"} }}""",
        f"  resource {name}A {{ filter open }}\n  resource {name}B {{ expand a }}\n  resource {name}C {{ expand b {{ a }} }}",
    )


def tagged(frame: Frame, name: str) -> Part:
    """Many to many, with nothing between them and with soft deletion."""
    return Part(
        f"""entity {name} with SoftDelete {{
  id: uuid = uuid7() @id
{frame.held}  title: string(1..40)
  tags: {name}Tag[]
  {frame.one("unique (title)", "index (title)")}
}}
entity {name}Tag {{
  id: {frame.one("uuid = uuid7()", "string(1..12)")} @id
{frame.held}  label: string(1..20)
}}""",
        frame.open_policy(name, f"{name}Tag")
        + f"\npolicy {name}{name}Tag {{ {frame.scope}allow create, delete via {_snake(name)}.update }}",
        f"  resource {name} {{ expand tags(max: 5)  filter tags }}\n  resource {name}Tag {{ ops list, create }}\n"
        f"  resource {name}{name}Tag {{ ops create, delete }}",
    )


def _snake(name: str) -> str:
    """`Tree1A` is `tree1_a` in the language's own spelling."""
    spelled = "".join(f"_{each.lower()}" if each.isupper() else each for each in name)
    return spelled.removeprefix("_")


def _optional(type_: str, mark: str) -> str:
    head, *rest = type_.split(" @", 1)
    return " @".join([head + mark, *rest])


PARTS: Mapping[str, Callable[[Frame, str], Part]] = MappingProxyType(
    {
        each.__name__: each
        for each in (
            keyed,
            pair,
            mutual,
            tree,
            span,
            ends,
            either,
            parted,
            shown,
            choice,
            moved,
            secret,
            scalars,
            member,
            queried,
            chained,
            tagged,
            fielded,
        )
    }
)
