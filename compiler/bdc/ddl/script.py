"""SQL text as psql reads it → its statements. Nothing is understood but where each ends."""

import re
from collections.abc import Iterator

# What hides a semicolon: comments, strings (E'' knows backslashes), quoted names, dollar quotes; and the words and
# parentheses that tell how deep inside a statement a semicolon stands.
_TOKEN = re.compile(
    r"""
      --[^\n]*
    | /\*
    | \b[eE]'(?:[^'\\]|\\.|'')*'
    | '(?:[^']|'')*'
    | "(?:[^"]|"")*"
    | (?<![\w$])\$(?P<tag>(?:[A-Za-z_\x80-\uffff][\w\x80-\uffff]*)?)\$
    | (?P<word>[A-Za-z_][\w$]*)
    | [();]
    | ^\\[^\n]*
    """,
    re.VERBOSE | re.DOTALL | re.MULTILINE,
)
_COPY = re.compile(r"\s*copy\b.*\bfrom\s+stdin\b", re.IGNORECASE | re.DOTALL)
_COPY_END = re.compile(r"^\\\.[ \t]*$\n?", re.MULTILINE)
_COMMENT_EDGE = re.compile(r"/\*|\*/")


def split(text: str) -> Iterator[str]:
    """Yield the statements of a script without their semicolons, comments inside them kept. Commands of psql (`\\c`) and the rows
    after `COPY … FROM stdin` are left out, and so is the COPY itself."""
    begin = at = 0
    depth = 0
    atomic: list[str] = []
    while found := _TOKEN.search(text, at):
        token, at = found[0], found.end()
        if token == "/*":
            at = _comment_end(text, at)
        elif found["tag"] is not None:
            end = text.find(token, at)
            at = len(text) if end < 0 else end + len(token)
        elif token.startswith("\\"):
            text = text[: found.start()] + text[at:]
            at = found.start()
        elif token in "()":
            depth = max(0, depth + (1 if token == "(" else -1))
        elif found["word"]:
            _track(atomic, token.lower(), text[begin : found.start()])
        elif token == ";" and depth == 0 and not atomic:
            statement = text[begin : found.start()].strip()
            if _COPY.match(first_word_on(statement)):
                end_of_rows = _COPY_END.search(text, at)
                at = end_of_rows.end() if end_of_rows else len(text)
            elif first_word_on(statement):
                yield statement
            begin = at
    if first_word_on(text[begin:]):
        yield text[begin:].strip()


def _track(atomic: list[str], word: str, before: str) -> None:
    """Semicolons between BEGIN ATOMIC and its END, and inside CASE … END there, end no statement."""
    if (word == "atomic" and before.rstrip().lower().endswith("begin")) or (atomic and word == "case"):
        atomic.append(word)
    elif atomic and word == "end":
        atomic.pop()


def _comment_end(text: str, at: int) -> int:
    depth = 1
    while depth:
        edge = _COMMENT_EDGE.search(text, at)
        if edge is None:
            return len(text)
        depth += 1 if edge[0] == "/*" else -1
        at = edge.end()
    return at


_BLANKS = re.compile(r"(?:\s+|--[^\n]*(?:\n|\Z))+")


def first_word_on(statement: str) -> str:
    """Return the statement without the comments before it."""
    at = 0
    while True:
        if found := _BLANKS.match(statement, at):
            at = found.end()
        elif statement.startswith("/*", at):
            at = _comment_end(statement, at + 2)
        else:
            return statement[at:]
