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
        f"""  resource {name} {frame.maybe("@fields ")}{{
    input create {{ label, given, sponsor?, lines? {{ text }} }}
    filter label  sort label  expand lines(max: 4)
  }}
  resource {name}Line {{ ops list, get, update }}""",
    )
