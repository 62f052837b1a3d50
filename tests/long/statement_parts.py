"""The part of random systems about operations of several statements."""

from tests.long.frame import Frame, Part, snake_case


def stated(frame: Frame, name: str) -> Part:
    """Operations that require, that change the rows their arguments name, and that add, put and remove rows of other entities."""
    key = frame.one("uuid = uuid7()", "string(1..12)", "int")
    mark = frame.maybe(" with SoftDelete")
    changed = frame.chance.random() < 0.5
    low = frame.one("level >= by", "level > 0 and not shut", "not shut or this.level > by", "not other.shut")
    told = frame.one("", " { level: this.level }", " { level: by }")
    return Part(
        f"""enum {name}Mood {{ open, calm, gone }}
error {name}Low 409 {{ level: int }}
entity {name}{frame.maybe(" @audited")}{frame.maybe(" @versioned")} {{
  id: {key} @id
{frame.held}  level: int = {frame.one("0", "5", "100")}
  shut: bool = false
  mood: {name}Mood = open
  by: Person = actor
  {frame.maybe("check not_below (level >= 0)")}
}}
machine {name}.mood {{ open -> calm by give  open, calm -> gone }}
entity {name}Log {{
  id: {frame.one("uuid = uuid7()", "bigint @identity")} @id
{frame.held}  of: {name}
  to: {name}?
  level: int
  by: Person = actor
  at: timestamp = now()
}}
entity {name}Mark{mark} {{
  id: uuid = uuid7() @id
{frame.held}  of: {name}
  person: Person
  note: string(..20)?
  unique (of, person)
}}""",
        f"""policy {name} {{ {frame.scope}allow read, create to guest  allow give to guest{frame.maybe(" when by == actor")}  allow like, unlike to guest
  {frame.maybe("deny give to staff when shut")} {frame.maybe("allow refer to guest")} {"allow update to staff when old.level < new.level" if changed else ""} }}
policy {name}Log {{ {frame.scope}allow read to {frame.one("staff", "guest")}  {frame.maybe("field level { read to staff  write to staff }")} }}
policy {name}Mark {{ {frame.scope}allow read, drop to guest when person == actor }}""",
        f"""  resource {name} {{
    ops list, get, create{", update" if changed else ""}
    op give(other: {name}{frame.maybe("?")}, by: int(1..{frame.one("9", "2000000000")})) {frame.maybe(f"-> {name} ")}{frame.maybe("@idempotent ")}{{
      {"" if "other." in low else f"require {low} else {name}Low{told}"}
      {frame.one("set", "update this")} {{ level: level - by }}
      update other {{ level: level + by }}
      create {name}Log {{ of: this, to: other, level: by }}
    }}
    op like(note: string(..20)?) -> {name} {{ put {name}Mark {{ of: this, person: actor, note: note }} }}
    op unlike() @http(DELETE, "/{name.lower()}/{{id}}/like") {{ remove {name}Mark {{ of: this, person: actor }} }}
  }}
  resource {name}Log {{ ops list }}
  resource {name}Mark {{
    ops list, get
    op drop() {{ remove {name}Mark {{ of: this.of, person: this.person }} }}
  }}
  op {snake_case(name)}_fill(into: {name}, by: int = 3) {{
    allow {frame.one("staff", "guest")}
    update into {{ level: by, shut: {frame.one("false", "not shut")} }}
    create {name}Log {{ of: into, level: by }}
  }}""",
    )


def hooked(frame: Frame, name: str) -> Part:
    """Resources that check, set and write other rows before and after what they do with their own."""
    key = frame.one("uuid = uuid7()", "bigint @identity", "string(1..12)")
    rows = frame.maybe("@bulk ")
    counted = frame.maybe("?")
    asked = frame.one("size > 0", "size > 0 and not to.shut", "not to.shut", "by == actor")
    if counted:
        asked = "size > 0"
    changes = frame.one("size >= old.size", "size != old.size or note != null", "true")
    return Part(
        f"""error {name}Bad 409 {{ size: int }}
event {name}Made on {name} {{ size: int }}
entity {name}Hub {{
  id: uuid = uuid7() @id
{frame.held}  shut: bool = false
  total: int = 0 @readonly
}}
entity {name}{frame.maybe(" with SoftDelete")}{frame.maybe(" @audited")}{frame.maybe(" @versioned")} {{
  id: {key} @id
{frame.held}  to: {name}Hub{counted}
  by: Person = actor
  size: int = 1
  note: string(..40)?
  turns: int = 0 @readonly
}}
entity {name}Past {{
  id: uuid = uuid7() @id
{frame.held}  size: int
  note: string(..80)?
  by: Person?
}}""",
        f"""policy {name}Hub {{ {frame.scope}allow read, create to guest }}
policy {name} {{ {frame.scope}allow read, create to guest  allow update to {frame.one("guest", "staff")}  allow delete to guest{frame.maybe(" when by == actor")} }}
policy {name}Past {{ {frame.scope}allow read to staff }}""",
        f"""  resource {name}Hub {{ ops list, get, create }}
  resource {name} {rows}{{
    ops list, get, create, update, delete
    before create {{ {f"require {asked} else {name}Bad" if frame.chance.random() < 0.7 else ""}  set {{ note: lower(note) }} }}
    after create {{ update to {{ total: total + this.size }}  {frame.maybe(f"emits {name}Made")} }}
    {frame.maybe(f"before update {{ require {changes} else {name}Bad  set {{ turns: turns + 1 }} }}")}
    {frame.maybe(f"after update {{ create {name}Past {{ size: old.size, note: this.note, by: actor }} }}")}
    {frame.maybe(f"before delete {{ require size < 90 else {name}Bad }}")}
    after delete {{ update to {{ total: total - old.size }}  create {name}Past {{ size: old.size, note: old.note, by: old.by }}  {frame.maybe(f"emits {name}Made")} }}
  }}
  resource {name}Past {{ ops list }}""",
    )
