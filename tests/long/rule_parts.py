"""The parts of random systems about what callers may do: machines, encrypted fields, scalars and filters, memberships, SQL, chains of
rights, and many to many. Each stands under one prefix."""

from tests.long.frame import Frame, Part, snake_case


def moved(frame: Frame, name: str) -> Part:
    """A machine, moved by operations, by handlers and by neither."""
    body = frame.one("", " @handler", " @idempotent")
    return Part(
        f"""enum {name}State {{ new, going, done, lost }}
error {name}Late 409 {{ state: {name}State }}
event {name}Done on {name} {{ {snake_case(name)}: {name} }}
entity {name} with Timestamps{frame.maybe(" @audited")}{frame.maybe(" @versioned")} {{
  id: uuid = uuid7() @id
{frame.held}  state: {name}State = new
  done_at: timestamp?
  remark: string(..40)?
  by: Person{frame.maybe(" = actor")}
}}
machine {name}.state {{ new -> going by start  going -> done by finish  new, going -> lost }}""",
        f"policy {name} {{ {frame.scope}allow read to guest  allow create to guest when by == actor\n"
        f"  allow update to staff when old.state != done  allow start, finish to staff  allow remark to guest  deny finish to staff when by == actor }}",
        f"""  resource {name} {{
    ops list, get, create, update
    op start() -> {name}{body}
    op remark(text: string(..40)?) -> {name} {{ set {{ remark: text }} }}
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
    texts = {"s", "t"}
    words = {each: ["eq", "in", *([] if types[each] in plain else ["range"])] for each in chosen}
    for each in chosen:
        words[each] += (["startswith"] if each in texts else []) + (["isnull"] if optional[each] else [])
    filters = ", ".join(f"{each}({', '.join(words[each])})" for each in chosen)
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
        f"  resource {name} {{ page cursor(total: {frame.one('true', 'false')})  filter {filters}"
        f"{f'  sort {chr(44).join(ordered)}' if ordered else ''} }}",
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
role {snake_case(name)}_member on {name} when exists m in members where (m.person == actor)
role {snake_case(name)}_chief on {name} when exists m in members where (m.person == actor and m.chief)
role {snake_case(name)}_writer on {name}Item when exists m in group.members where (m.person == actor)""",
        f"""policy {name} {{ {frame.scope}allow read to {snake_case(name)}_member, staff  allow create to staff  allow update, delete to {snake_case(name)}_chief }}
policy {name}Member {{ {frame.scope}allow read via group  allow create, update, delete via group.update }}
policy {name}Item {{ {frame.scope}allow read via group  allow create to {snake_case(name)}_writer  allow update, delete via group.update
  {frame.maybe("deny delete via group.delete")} }}""",
        f"""  resource {name} {{ expand members(max: 5) {{ person }} }}
  resource {name}Member {{ expand group }}
  resource {name}Item {{ expand group }}""",
    )


def queried(frame: Frame, name: str) -> Part:
    """Operations of SQL and Python, in a resource that offers `get` alone and outside of one."""
    snake = snake_case(name)
    near = frame.one('text? @db("vector(3)")', "vector(3)?", "vector(3) = [1, 0, 0.5]")
    vector = frame.maybe(f"  near: {near}\n  index using hnsw (near with vector_l2_ops)\n", 0.3)
    by = (
        f"  nearest near using {frame.one('cosine', 'l2', 'ip', 'l1')}"
        if vector and "text" not in near
        else ""
    )
    return Part(
        f"""entity {name} {{
  id: int @id
{frame.held}  title: string(1..40)
{vector}}}
struct {name}Row {{ title: string  size: int }}""",
        f"policy {name} {{ {frame.scope}allow read, touch to guest }}",
        f"""  resource {name} {{
    ops get{", list" if by else ""}
  {by}
    op touch(by: int = 1, of: {name}?) -> {name} @handler
  }}
  op {snake}_sizes(least: int = 0) -> {name}Row[] @http(GET, "/{snake}/sizes") {{
    allow {frame.one("guest", "staff")}
    sql \"\"\"
      select title, length(title) as size from {snake} where length(title) >= :least order by title
    \"\"\"
  }}
  op {snake}_same(of: {name}{frame.maybe("?")}) -> bigint @http(GET, "/{snake}/same") {{
    allow guest
    sql \"\"\"
      select count(*) from {snake} where id = :of_id
    \"\"\"
  }}
  op {snake}_longest() -> {name}{frame.one("[]", "?")} @http({frame.one("GET", "POST")}, "/{snake}/longest") {{
    allow guest
    sql \"\"\"
      select * from {snake} order by length(title) desc
    \"\"\"
  }}
  op {snake}_judge(of: {name}, other: {name}?) -> int{frame.maybe(" @idempotent")} @handler {{ allow guest }}
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
role {snake_case(name)}_owner on {name}A when by == actor""",
        f"""policy {name}A {{ {frame.scope}allow read to guest  allow create to guest when by == actor  allow update to {snake_case(name)}_owner when {frame.one("old.open", "open")}  allow delete to staff when not open }}
policy {name}B {{ {frame.scope}allow read via a{frame.maybe(' when text != "b"')}  allow read to staff  allow create, update to staff  allow delete via a.update  deny delete via a{frame.one(".delete", ".create")} }}
policy {name}C {{ {frame.scope}allow read via b  {frame.maybe('allow read via b.read when text == "c"  ')}allow create, update, delete to guest  deny {frame.one("update", "delete")} via b{action or ".read"} }}""",
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
        + f"\npolicy {name}{name}Tag {{ {frame.scope}allow create, delete via {snake_case(name)}.update }}",
        f"  resource {name} {{ expand tags(max: 5)  filter tags }}\n  resource {name}Tag {{ ops list, create }}\n"
        f"  resource {name}{name}Tag {{ ops create, delete }}",
    )


def _optional(type_: str, mark: str) -> str:
    head, *rest = type_.split(" @", 1)
    return " @".join([head + mark, *rest])
