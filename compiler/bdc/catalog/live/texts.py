"""Expressions as PostgreSQL writes them → one spelling of each.

What `pg_get_expr` writes is not always what it writes of that text read again: `x between 1 and 2 and y` becomes a conjunction
within a conjunction, which the parser flattens; a list of strings compared to a varchar becomes a cast of an array, which the parser
moves to its elements. Both are brought to what comes out in the end.
"""

import re

_SUBQUERY = re.compile(r"\(\s*(?:SELECT|WITH|VALUES)\b")
_CAST_ARRAY = re.compile(r"\(ARRAY\[((?:[^\[\]']|'(?:[^']|'')*')*)\]\)::([a-z ]+)\[\]")
_PIECE = re.compile(r"""'(?:[^']|'')*'|"(?:[^"]|"")*"|[^'"(),]+|[(),]|['"]""")


def expression(text: str | None) -> str | None:
    """Return the one spelling of an expression, without the parentheses around the whole of it; those of a subquery are its own."""
    if not text:
        return text
    text = _CAST_ARRAY.sub(_cast_elements, flat(text))
    while text.startswith("(") and _end(text, 0) == len(text) - 1 and not _SUBQUERY.match(text):
        text = text[1:-1]
    return text


def flat(text: str) -> str:
    """Return the text with `((a AND b) AND c)` as `(a AND b AND c)`, and OR alike, at every depth."""
    at = 0
    while (at := text.find("((", at)) >= 0:
        end = _end(text, at + 1)
        inner = text[at + 2 : end]
        joined = re.match(r" (AND|OR) ", text[end + 1 :]) if end > 0 else None
        if joined and not _is_quoted(text, at) and _joined_by(inner) == joined[1]:
            text = f"{text[: at + 1]}{inner}{text[end + 1 :]}"
        else:
            at += 1
    return text


def _joined_by(text: str) -> str | None:
    """The word between the operands of a text that is a conjunction or disjunction as a whole."""
    depth, words = 0, set()
    for piece in _PIECE.findall(text):
        if piece in "()":
            depth += 1 if piece == "(" else -1
        elif depth == 0:
            words |= set(re.findall(r"\b(AND|OR|CASE|NOT)\b", piece))
    return words.pop() if len(words) == 1 and words <= {"AND", "OR"} else None


def _is_quoted(text: str, at: int) -> bool:
    done = 0
    for piece in _PIECE.findall(text):
        if done + len(piece) > at:
            return piece[0] in "'\"" and len(piece) > 1
        done += len(piece)
    return False


def _end(text: str, at: int) -> int:
    """Where the parenthesis that opens at `at` is closed; -1 when it is not."""
    depth = 0
    for piece in _PIECE.findall(text[at:]):
        if piece == "(":
            depth += 1
        elif piece == ")":
            depth -= 1
            if depth == 0:
                return at
        at += len(piece)
    return -1


def _cast_elements(found: "re.Match[str]") -> str:
    elements = ", ".join(f"({element.strip()})::{found[2]}" for element in _elements(found[1]))
    return f"ARRAY[{elements}]"


def _elements(text: str) -> list[str]:
    made, depth = [""], 0
    for piece in _PIECE.findall(text):
        depth += {"(": 1, ")": -1}.get(piece, 0)
        if piece == "," and depth == 0:
            made.append("")
        else:
            made[-1] += piece
    return made
