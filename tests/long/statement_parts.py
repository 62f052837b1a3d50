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
