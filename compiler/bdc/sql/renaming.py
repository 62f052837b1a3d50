"""Names in SQL text exchanged for others where they are names of columns, relations or types: never in strings, never a type for a
column of the same name.

A text is an expression, a query, the definition of a trigger, the head of a routine or a type. What the parser does not read in any
of these ways is changed by its tokens alone.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Literal

from bdc.sql.parse import SqlSyntaxError, parse
from bdc.sql.tokens import Token, code
from bdc.sql.tree import Node, children, walk

Kind = Literal["columns", "relations", "triggers"]
Quote = Callable[[str], str]
# What stands around a text, so that it can be parsed.
_AROUND = (
    ("select (", "\n)"),
    ("", ""),
    ("create trigger t ", ""),
    ("create function f", " returns int language sql as ''"),
)
# Without a schema these are always PostgreSQL's own, whatever else has their name.
OWN_TYPES = frozenset(
    [
        "bit",
        "bool",
        "box",
        "bpchar",
        "bytea",
        "char",
        "cidr",
        "circle",
        "date",
        "float4",
        "float8",
        "inet",
        "int2",
        "int4",
        "int8",
        "interval",
        "json",
        "jsonb",
        "line",
        "lseg",
        "macaddr",
        "money",
        "name",
        "numeric",
        "oid",
        "path",
        "point",
        "polygon",
        "record",
        "regclass",
        "text",
        "time",
        "timestamp",
        "timestamptz",
        "timetz",
        "tsquery",
        "tsvector",
        "uuid",
        "varbit",
        "varchar",
        "xml",
    ]
)
_TYPE = (("select null::", ""),)


def renamed(text: str, names: Mapping[str, str], kind: Kind, quote: Quote) -> str:
    """Return `text` with `names` (old → new, without quotes) exchanged where they name columns, or relations and types."""
    return _renamed(text, names, kind, quote, _AROUND)


def renamed_type(text: str, names: Mapping[str, str], quote: Quote) -> str:
    """Return a type with `names` exchanged."""
    return _renamed(text, names, "relations", quote, _TYPE)


def named_columns(expression: str) -> frozenset[str] | None:
    """Return the columns that an expression names; None where it cannot be read."""
    read = _read(expression, _AROUND[:2])
    if read is None:
        return None
    tree, tokens, _ = read
    return frozenset(_name(tokens[index]) for node in tree for index in _column_at(node, tokens))


def called_functions(expression: str) -> frozenset[str] | None:
    """Return the functions that an expression calls, without schemas; None where it cannot be read."""
    read = _read(expression, _AROUND[:1])
    if read is None:
        return None
    return frozenset(node.strings("funcname")[-1] for node in read[0] if node.kind == "FuncCall")


def _renamed(
    text: str, names: Mapping[str, str], kind: Kind, quote: Quote, around: Iterable[tuple[str, str]]
) -> str:
    read = _read(text, around)
    if read is None:
        return _by_tokens(text, names, quote)
    tree, tokens, shift = read
    found = _FINDERS[kind](tree, tokens)
    return _exchanged(text, [(tokens[index], shift) for index in set(found)], names, quote)


def _read(text: str, around: Iterable[tuple[str, str]]) -> tuple[list[Node], tuple[Token, ...], int] | None:
    """Return all nodes of the text, its tokens, and how far their offsets are from those of the text."""
    for before, after in around:
        whole = f"{before}{text}{after}"
        try:
            statements = parse(whole)
        except SqlSyntaxError:
            continue
        nodes = [node for statement in statements for node in walk(statement.node)]
        return nodes, code(whole), len(before)
    return None


def _columns(tree: list[Node], tokens: tuple[Token, ...]) -> Iterator[int]:
    for node in tree:
        yield from _column_at(node, tokens)
        if node.kind == "CreateTrigStmt" and node.get("columns"):
            yield from _between(tokens, "OF", "ON")


def _column_at(node: Node, tokens: tuple[Token, ...]) -> Iterator[int]:
    if node.kind == "ColumnRef" and isinstance(node.items("fields")[-1], str):
        yield _index(tokens, node.at) + 2 * (len(node.items("fields")) - 1)


def _relations(tree: list[Node], tokens: tuple[Token, ...]) -> Iterator[int]:
    bare = {node.text("relname") for node in tree if node.kind == "RangeVar" and node.node("alias") is None}
    for node in tree:
        if node.kind == "RangeVar" and node.at >= 0:
            parts = sum(bool(node.get(name)) for name in ("catalogname", "schemaname"))
            yield _index(tokens, node.at) + 2 * parts
        elif node.kind == "TypeName" and node.at >= 0 and not _is_own(node.strings("names")):
            yield _index(tokens, node.at) + 2 * (len(node.strings("names")) - 1)
        elif node.kind == "ColumnRef" and len(node.items("fields")) > 1:
            yield _index(tokens, node.at) + 2 * (len(node.items("fields")) - 2)
        elif node.kind == "FuncCall":
            # A whole row is given to a function by the name of its relation.
            rows = (
                each
                for each in children(node)
                if each.kind == "ColumnRef" and each.items("fields")[0] in bare
            )
            yield from (_index(tokens, each.at) for each in rows if len(each.items("fields")) == 1)


def _is_own(names: tuple[str, ...]) -> bool:
    return names[0] == "pg_catalog" or (len(names) == 1 and names[0] in OWN_TYPES)


def _triggers(tree: list[Node], tokens: tuple[Token, ...]) -> Iterator[int]:
    """Yield the name in CREATE TRIGGER."""
    yield from (index + 1 for index, token in enumerate(tokens) if token.kind == "TRIGGER")


_FINDERS: Mapping[Kind, Callable[[list[Node], tuple[Token, ...]], Iterator[int]]] = {
    "columns": _columns,
    "relations": _relations,
    "triggers": _triggers,
}


def _between(tokens: tuple[Token, ...], first: str, last: str) -> Iterator[int]:
    inside = False
    for index, token in enumerate(tokens):
        if token.kind == last:
            return
        if inside:
            yield index
        inside = inside or token.kind == first


def _index(tokens: tuple[Token, ...], at: int) -> int:
    return next(index for index, token in enumerate(tokens) if token.start >= at)


def _exchanged(text: str, tokens: Iterable[tuple[Token, int]], names: Mapping[str, str], quote: Quote) -> str:
    for token, shift in sorted(tokens, key=lambda found: -found[0].start):
        name = _name(token)
        if name in names:
            text = f"{text[: token.start - shift]}{quote(names[name])}{text[token.end - shift :]}"
    return text


def _name(token: Token) -> str:
    """Return what a token names: folded where it is not quoted."""
    if token.text.startswith('"'):
        return token.text[1:-1].replace('""', '"')
    return token.text.lower() if token.text.isascii() else token.text


def _by_tokens(text: str, names: Mapping[str, str], quote: Quote) -> str:
    try:
        tokens = code(text)
    except SqlSyntaxError:
        return text
    found = [
        (token, 0)
        for index, token in enumerate(tokens)
        if token.kind not in ("SCONST", "USCONST", "BCONST", "XCONST")
        and not (index and tokens[index - 1].kind == "TYPECAST")
        and not (index + 1 < len(tokens) and tokens[index + 1].kind == "ASCII_40")
    ]
    return _exchanged(text, found, names, quote)
