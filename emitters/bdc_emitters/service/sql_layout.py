"""SQL laid out for people: one clause per line, sub-queries indented. Text in quotes is left alone."""

import re

CLAUSES = "from|where|order by|group by|having|limit|offset|left join|cross join|join"
TOKENS = re.compile(
    rf"""(?P<quoted>'(?:[^']|'')*'|"[^"]*")|(?P<query>\((?=select\b))|(?P<open>\()|(?P<close>\))"""
    rf"""|(?P<clause>\ (?=(?:{CLAUSES})\b))|(?P<space>\ )|(?P<text>[^'"()\ ]+)""",
    re.IGNORECASE,
)
WIDTH = 100


def laid_out(sql: str) -> str:
    """Return the same statement over several lines."""
    lines: list[str] = []
    line = ""
    queries: list[bool] = []  # for each open parenthesis: whether it opened a sub-query
    for token in TOKENS.finditer(sql):
        kind, text = token.lastgroup, token[0]
        if kind == "close" and queries and queries.pop():
            lines.append(line)
            line = _indent(queries)
        if (kind == "clause" and (not queries or queries[-1])) or (kind == "space" and len(line) > WIDTH):
            lines.append(line)
            line = _indent(queries) + ("  " if kind == "space" else "")
            continue
        line += text
        if kind in ("query", "open"):
            queries.append(kind == "query")
        if kind == "query":
            lines.append(line)
            line = _indent(queries)
    return "\n".join(text for text in (*lines, line) if text.strip())


def _indent(queries: list[bool]) -> str:
    return "  " * sum(queries)
