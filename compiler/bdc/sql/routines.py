"""Bodies of functions, procedures and DO blocks: text inside a statement that PostgreSQL reads only later."""

import re

from bdc.source.records import dataclass
from bdc.sql.parse import SqlSyntaxError, parse
from bdc.sql.tree import Node

_NEAR = re.compile(r'at or near "(.*)"\Z', re.DOTALL)
# Other errors are about types and functions, of which the parser alone knows none.
_SYNTAX = re.compile(r"syntax error|at or near|at end of input")
_LINE = re.compile(r"near line (\d+)")


@dataclass(frozen=True, slots=True)
class Body:
    """The text of a body, its language, and where it begins in the statement; `at` is -1 where it is written with escapes."""

    text: str
    language: str
    at: int


def body_of(node: Node, statement: str) -> Body | None:
    """Return the body of a statement that makes a routine or runs a block; None for others and for bodies that are no string."""
    if node.kind not in ("CreateFunctionStmt", "DoStmt"):
        return None
    options = {
        each.text("defname"): each for each in node.nodes("options" if node.kind[0] == "C" else "args")
    }
    written = options.get("as")
    texts = written.items("arg") if written is not None else ()
    if len(texts) != 1 or not isinstance(texts[0], str):
        return None
    default = "plpgsql" if node.kind == "DoStmt" else "sql"
    language = options["language"].text("arg").lower() if "language" in options else default
    return Body(texts[0], language, statement.find(texts[0]))


def body_error(node: Node, statement: str) -> SqlSyntaxError | None:
    """Return what is wrong with the syntax of a body; `at` is an offset in the statement."""
    body = body_of(node, statement)
    if body is None:
        return None
    if body.language == "sql":
        try:
            parse(body.text)
        except SqlSyntaxError as error:
            return SqlSyntaxError(error.message, body.at + error.at if body.at >= 0 else 0)
        return None
    return _plpgsql(node, body, statement) if body.language == "plpgsql" else None


def _plpgsql(node: Node, body: Body, statement: str) -> SqlSyntaxError | None:
    whole = statement if node.kind == "CreateFunctionStmt" else _as_function(body.text)
    problem = plpgsql_error(whole)
    if problem is None:
        return None
    message, line = problem
    return SqlSyntaxError(message, body.at + _near(body.text, message, line) if body.at >= 0 else 0)


def plpgsql_error(function: str) -> tuple[str, int] | None:
    """Return what is wrong with the syntax of a PL/pgSQL function, and the line of its body. Only what is certain: the parser does
    not know every type."""
    import postgast

    try:
        postgast.parse_plpgsql(function)
    except postgast.PgQueryError as error:
        if not _SYNTAX.search(error.message):
            return None
        line = _LINE.search(error.context or "")
        return error.message, int(line[1]) if line else 1
    except ValueError:  # a tree that cannot be printed, of a function that was parsed
        return None
    return None


def runs_as_plpgsql(text: str) -> bool:
    """Whether `text` is a sequence of PL/pgSQL statements."""
    return plpgsql_error(_as_function(f"begin {text.strip().rstrip(';')};\nend")) is None


def _as_function(body: str) -> str:
    tag = "b"
    while f"${tag}$" in body:
        tag += "b"
    return f"create function f() returns void language plpgsql as ${tag}${body}${tag}$"


def _near(body: str, message: str, line: int) -> int:
    """Return the offset of the word that the message quotes, in or after its line; the parser tells no more of its place."""
    start = 0
    for _ in range(line - 1):
        start = body.find("\n", start) + 1
    word = _NEAR.search(message)
    found = body.find(word[1], start) if word else -1
    return found if found >= 0 else start
