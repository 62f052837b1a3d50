"""The tokens of a file, and what can be said about single ones."""

import re
from collections.abc import Iterator

from lark import Lark, Token

from bdc.diagnostics import DiagnosticSink
from bdc.source import SourceFile, Span
from bdc.syntax.errors import StrayText, TooDeep, UnknownUnit, Unterminated

END = "$END"
RESERVED = frozenset({"AND", "OR", "NOT", "IN", "WHERE", "IF", "THEN", "ELSE", "EXISTS", "EVERY"})
UNITS = frozenset({"ms", "s", "m", "h", "d", "%", "Ki", "Mi", "Gi", "Ti"})
_ALIKE = {"sec": "s", "secs": "s", "min": "m", "mins": "m", "hr": "h", "hrs": "h", "day": "d", "days": "d"}
_ALIKE |= {
    "M": "Mi",
    "MB": "Mi",
    "MiB": "Mi",
    "G": "Gi",
    "GB": "Gi",
    "GiB": "Gi",
    "K": "Ki",
    "k": "Ki",
    "KB": "Ki",
}
_ALIKE |= {
    "T": "Ti",
    "TB": "Ti",
    "S": "s",
    "H": "h",
    "D": "d",
    "MS": "ms",
    "mi": "Mi",
    "gi": "Gi",
    "ki": "Ki",
}
_DEPTH = {"LBRACE": 1, "LPAR": 1, "LSQB": 1, "RBRACE": -1, "RPAR": -1, "RSQB": -1}
_DEEPEST = 60
_QUOTED = re.compile(r'"(\\.|[^"\\\n])*"')
_UNIT = re.compile(r"[A-Za-z%].*")


def tokens(lark: Lark, file: SourceFile, sink: DiagnosticSink) -> list[Token]:
    """Return the tokens of the file and an END token; report what is wrong with single tokens and mend it."""
    found: list[Token] = []
    stray: list[Token] = []
    for token in _read(lark, file.text):
        if token.type == "STRAY":
            if token == "&" and stray and stray[-1].end_pos == token.start_pos and stray[-1] == "&":
                kind, text = ("STRING", '"&&"') if found and found[-1].type == "WITH" else ("AND", "and")
                found.append(
                    Token(kind, text, token.start_pos, token.line, None, token.line, None, token.end_pos)
                )
            stray.append(token)
            continue
        if token.type in _CHECKS:
            _CHECKS[token.type](token, file, sink)
        found.append(token)
    for span in _runs(stray, file.path):
        quoted = file.text[: span.start].rstrip().endswith("with")
        sink.add(StrayText(span, file.text[span.start : span.end], quoted))
    found = _shallow(found, file, sink)
    size = len(file.text)
    found.append(Token(END, "", start_pos=size, end_pos=size))
    return found


def _read(lark: Lark, text: str) -> Iterator[Token]:
    """Yield what Lark's lexer yields, with the lines of each token and no columns: it keeps a regular expression of all terminals, and names
    that are keywords in another. Every character begins some terminal: what nothing else begins is STRAY."""
    lexer = lark.parser.lexer
    (pattern,) = lexer.scanner._mres
    ignored, keywords = lexer.ignore_types, lexer.callback
    match, at, end = pattern.match, 0, len(text)
    known: dict[tuple[str, str], str] = {}
    line, counted = 1, 0
    while at < end:
        found = match(text, at)
        start, at, kind = at, found.end(), found.lastgroup
        if kind in ignored:
            continue
        value = found[0]
        if kind in keywords:
            key = kind, value
            if key not in known:
                known[key] = keywords[kind].scanner.fullmatch(value) or kind
            kind = known[key]
        line, counted = line + text.count("\n", counted, start), start
        first, line, counted = line, line + text.count("\n", start, at), at
        yield Token(kind, value, start, first, None, line, None, at)


def token_span(file: SourceFile, token: Token) -> Span:
    return Span(file.path, token.start_pos or 0, token.end_pos or 0)


def describe(token: Token) -> str:
    """Return the token in words for a message."""
    if token.type == END:
        return "the end of the file"
    if token.type == "DOC":
        return "documentation"
    if token.type in ("STRING", "RAW_STRING", "LONG_STRING"):
        return "text"
    return f"`{token}`"


def _shallow(found: list[Token], file: SourceFile, sink: DiagnosticSink) -> list[Token]:
    """Drop brackets nested deeper than anybody writes: every later phase walks down into the tree."""
    depth = 0
    kept = []
    for token in found:
        step = _DEPTH.get(token.type, 0)
        depth = max(0, depth + step)
        if step > 0 and depth == _DEEPEST + 1:
            sink.add(TooDeep(token_span(file, token), _DEEPEST))
        if not step or depth + (step < 0) <= _DEEPEST:
            kept.append(token)
    return kept


def _runs(stray: list[Token], path: str) -> Iterator[Span]:
    """Join neighbours: one report for `€€€`."""
    at = 0
    while at < len(stray):
        end = at
        while end + 1 < len(stray) and stray[end + 1].start_pos == stray[end].end_pos:
            end += 1
        yield Span(path, stray[at].start_pos or 0, stray[end].end_pos or 0)
        at = end + 1


def _check_string(token: Token, file: SourceFile, sink: DiagnosticSink) -> None:
    if not _QUOTED.fullmatch(token):
        sink.add(Unterminated(token_span(file, token), '"'))


def _check_raw(token: Token, file: SourceFile, sink: DiagnosticSink) -> None:
    if len(token) < 3 or not token.endswith('"'):
        sink.add(Unterminated(token_span(file, token), '"'))


def _check_long(token: Token, file: SourceFile, sink: DiagnosticSink) -> None:
    if len(token) < 6 or not token.endswith('"""'):
        start = token.start_pos or 0
        sink.add(Unterminated(Span(file.path, start, start + 3), '"""'))


def _check_unit(token: Token, file: SourceFile, sink: DiagnosticSink) -> None:
    unit = _UNIT.search(token)
    if unit and unit[0] not in UNITS:
        span = token_span(file, token)
        alike = _ALIKE.get(unit[0])
        sink.add(UnknownUnit(span, unit[0], f"{token[: unit.start()]}{alike}" if alike else None))


_CHECKS = {
    "STRING": _check_string,
    "RAW_STRING": _check_raw,
    "LONG_STRING": _check_long,
    "QUANTITY": _check_unit,
}
