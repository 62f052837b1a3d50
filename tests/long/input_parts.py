"""Parts of random systems that write several rows at once, give deleted rows back, and have lists and names of their own."""

from tests.long.frame import Frame, Part


def linked(frame: Frame, name: str) -> Part:
    """Rows that come in inputs: of the far side by key or value, made where they are missing, owned ones replaced."""
    key = frame.one("uuid = uuid7() @id", "bigint @identity @id")
    unique, mark = ("  unique (house, word)\n", "") if frame.tenanted else ("", " @unique")
    one = frame.one("", "@by(word)", "@by(word) @create", "@by(word) @create @as(word_list)")
    soft = frame.maybe("with SoftDelete ")
    link = f"{name}{name}Tag"
    return Part(
        f"""entity {name} {frame.maybe("@versioned ")}{frame.maybe("@audited ")}{{
  id: {key}
{frame.held}  text: string(1..30)
  done: bool = false
  tags: {name}Tag[]
  lines: {name}Line[] @inverse(of) @owned
  word_list: string[] @computed(list(t in tags, t.word))
}}
entity {name}Tag {{
  id: {frame.one("uuid = uuid7() @id", "bigint @identity @id")}
{frame.held}  word: string(1..20){mark}
{unique}}}
entity {name}Line {soft}{frame.maybe("@audited ")}{{
  id: {frame.one("uuid = uuid7() @id", "bigint @identity @id")}
{frame.held}  of: {name} @on_delete(cascade)
  amount: int(0..99)
}}""",
        f"policy {name}, {name}Tag, {name}Line {{ {frame.scope}allow read, create, update, delete to staff }}\n"
        + f"policy {link} {{ {frame.scope}allow create, delete {frame.one('to staff', f'via {_own(name)}.update')} }}",
        f"""  resource {name} {frame.maybe("@bulk ")}{frame.maybe("@minimal ")}{{
    filter text, done  expand tags(max: 9), lines(max: 9)
    {frame.maybe(f'list open at "/{name.lower()}-open" {{ done: false }}')}
    input create {{ text, done?, tags{frame.maybe("?")} {one}, lines? {{ amount }} }}
    input update {{ text, done, tags {one}, lines @replace {{ amount }} }}
  }}""",
    )


def restored(frame: Frame, name: str) -> Part:
    """Deleted rows that appear again, under names with a suffix."""
    own = "  unique (house, slug)\n" if frame.tenanted else ""
    by = frame.one("", " by slug")
    return Part(
        f"""entity {name} with SoftDelete {frame.maybe("@versioned ")}{{
  id: {frame.one("uuid = uuid7() @id", "bigint @identity @id")}
{frame.held}  title: string(1..40)
  slug: string(1..60) = slugify(title){frame.one(" @unique", "") if own else " @unique"} @unique_suffix
{own}}}""",
        f"policy {name} {{ {frame.scope}allow read, create, update, delete to staff  allow restore to {frame.one('staff', 'guest')} }}",
        f"""  resource {name}{by} {frame.maybe("@can ")}{frame.maybe("@minimal ")}{{
    ops list, get, create, update, delete, restore
  }}""",
    )


def _own(name: str) -> str:
    """Return the reference of the entity between to the first side."""
    return "".join(f"_{each.lower()}" if each.isupper() else each for each in name).removeprefix("_")
