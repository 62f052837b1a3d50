"""Parts of random systems whose lists are asked in every form."""

from tests.long.frame import Frame, Part, snake_case


def asked(frame: Frame, name: str) -> Part:
    """Lists asked along relations: to one row, to many, through entities between, by computed values and by values in lists."""
    hidden = frame.one("when shown", "when shown or fan == actor", "")
    extra = frame.one(
        "", "by.name(contains), ", "fans.fan.level(range), ", f"marks.name(eq) as {snake_case(name)}_mark, "
    )
    return Part(
        f"""entity {name}Mark {{ name: string(1..9) @id }}
entity {name} {frame.maybe("with SoftDelete ")}{{
  id: uuid = uuid7() @id
{frame.held}  by: Person
  near: {name}? @on_delete(set_null)
  words: string(1..9)[]
  marks: {name}Mark[]
  fans: {name}Fan[] @inverse(of)
  liked: int @computed(count(fans))
}}
entity {name}Fan {{
  of: {name} @on_delete(cascade)
  fan: Person
{frame.held}  shown: bool = true
  id (of, fan)
}}""",
        f"policy {name}Mark {{ allow read, create to guest }}\n"
        + frame.open_policy(name)
        + f"\npolicy {name}Fan {{ {frame.scope}allow read to guest {hidden}  allow create to staff }}",
        f"""  resource {name} {frame.maybe("@fields ")}{frame.maybe("@can ")}{{
    filter {extra}by.name(eq, in, startswith) as writer, near.by.level(range, ne), fans.fan, marks.name,
      fans.shown, near.liked(gte), liked(eq, range), words
    sort by.level, near.by.name, liked{frame.one("", " default liked desc", " default near.by.name, by.level desc")}
    {frame.one("", "page offset(default: 5, max: 9)", "page offset(total: false)", "page cursor(total: true)")}
    expand by, near
  }}
  resource {name}Fan {{ ops list, get, create  filter of.by.name, of.marks  sort of.liked }}""",
    )
