"""The text of a JDL → tokens."""

import re
from collections.abc import Iterator

from bdc.source.records import dataclass

_TOKEN = re.compile(
    r"""(?P<doc>/\*\*(?!/).*?\*/) | (?P<comment>/\*.*?\*/|//[^\n]*) | (?P<string>"[^"\n]*"|'[^'\n]*')
      | (?P<annotation>@[\w-]+) | (?P<number>-?\d+(?:\.\d+)?(?![\w.-])) | (?P<word>[\w*.][\w.\-+:]*)
      | (?P<regex>/(?:\\.|\[(?:\\.|[^\]\\\n])*\]|[^/\\\n])+/) | (?P<mark>[{}(),\[\]=/:;])
      | (?P<blank>[\s\ufeff]+) | (?P<bad>.)""",
    re.DOTALL | re.VERBOSE,
)


class JdlError(Exception):
    """The text is no JDL; `line` says where."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


@dataclass(frozen=True, slots=True)
class Token:
    """`text` is without the quotes of a string and the stars of a comment."""

    kind: str
    text: str
    line: int


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of a text, comments that document among them, and one of kind `end`. Raises JdlError."""
    line = 1
    for found in _TOKEN.finditer(text):
        kind, raw = str(found.lastgroup), found[0]
        if kind == "bad":
            raise JdlError(line, f"`{raw}` has no place here")
        if kind not in ("blank", "comment"):
            yield Token(kind, _plain(kind, raw), line)
        line += raw.count("\n")
    yield Token("end", "", line)


def _plain(kind: str, raw: str) -> str:
    if kind == "string":
        return raw[1:-1]
    if kind == "regex":
        return raw[1:-1].replace(r"\/", "/")
    if kind == "doc":
        lines = (line.strip().lstrip("*").strip() for line in raw[3:-2].split("\n"))
        return "\n".join(line for line in lines if line)
    return raw
