"""SQL laid out for people: one clause per line, sub-queries indented. Text in quotes is left alone.

This module is also copied into the output, where it lays out the statements that the service composes.
"""

import re

CLAUSES = "select|set|from|where|order by|group by|having|limit|offset|left join|cross join|join|returning|union all|on conflict"
TOKENS = re.compile(
    rf"""(?P<quoted>'(?:[^']|'')*'|"[^"]*")|(?P<query>\((?=select\b))|(?P<open>\()|(?P<close>\))"""
    rf"""|(?P<clause>\ (?=(?:{CLAUSES})\b))|(?P<term>\ (?=(?:and|or|when|else)\b))|(?P<space>\ )|(?P<text>[^'"()\ ]+)""",
    re.IGNORECASE,
)
# Constants that the tokens do not know: in dollars other than those of the function itself, and with `\'`.
APART = re.compile(r"\$(?!function\$)\w*\$|\\'")
# A line is broken before a term and behind a comma from here on, and at any space from there on.
SOFT, WIDTH = 80, 110


def laid_out(sql: str, margin: str = "") -> str:
    """Return the same statement over several lines, each behind `margin`. What cannot be taken apart safely (a comment, a quote that
    is not closed) stays as it is."""
    tokens = [(token.lastgroup, token[0]) for token in TOKENS.finditer(sql)]
    if "--" in sql or sum(map(len, [text for _, text in tokens])) != len(sql):
        return margin + sql
    lines: list[str] = []
    line, inner = margin, f"{margin}  " if margin else ""
    queries: list[bool] = []  # for each open parenthesis: whether it opened a sub-query
    for kind, text in tokens:
        if kind in ("text", "quoted") or (kind == "space" and len(line) <= SOFT):
            line += text
            continue
        if kind == "close" and queries and queries.pop():
            lines.append(line)
            line = inner + _indent(queries)
        if kind == "clause" and (not queries or queries[-1]):
            lines.append(line)
            line = inner + _indent(queries)
            continue
        if kind in ("clause", "term", "space") and _is_full(line, kind):
            lines.append(line)
            line = inner + _indent(queries) + "  "
            continue
        line += text
        if kind in ("query", "open"):
            queries.append(kind == "query")
        if kind == "query":
            lines.append(line)
            line = inner + _indent(queries)
    return "\n".join(text for text in (*lines, line) if text.strip())


def _is_full(line: str, kind: str) -> bool:
    return len(line) > (SOFT if kind == "term" or line.endswith(",") else WIDTH)


def long_lines_laid_out(text: str) -> str:
    """Return a function whose long lines are laid out, each behind its own indent. A text constant that goes over several lines is left
    alone, with all lines that it touches; so is a function with constants in dollars or with escaped quotes."""
    if APART.search(text):
        return text
    found: list[str] = []
    inside = False
    for line in text.split("\n"):
        opens = line.count("'") % 2 == 1
        if inside or opens or len(line) <= WIDTH:
            found.append(line)
        else:
            bare = line.lstrip(" ")
            found.append(laid_out(bare, line[: len(line) - len(bare)]))
        inside = inside != opens
    return "\n".join(found)


def _indent(queries: list[bool]) -> str:
    return "  " * sum(queries)
