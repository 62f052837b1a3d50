"""What could have stood there, in words."""

from collections.abc import Sequence
from typing import Any

from lark import Token

from bdc.syntax.automaton import open_braces

_BLOCKS = {
    "ENUM": "a value or `dropped`",
    "ENTITY": "a field (`name: Type`), `id`, `unique`, `index`, `check`, `exclude`, `partition`, `dropped` or `sql`",
    "MIXIN": "a field (`name: Type`), `unique`, `index`, `check` or `policy`",
    "STRUCT": "a field (`name: Type`)",
    "VIEW": "a field (`name: Type = expression`)",
    "ERROR": "a field (`name: Type`)",
    "EVENT": "a field (`name: Type`)",
    "MACHINE": "a transition (`a -> b by operation`)",
    "API": "`auth`, `limit`, `graphql`, `profile`, `resource` or `op`",
    "RESOURCE": "`ops`, `page`, `filter`, `search`, `nearest`, `sort`, `expand`, `show`, `input`, `before`, `after`, `op` or `resource`",
    "BEFORE": "`require` or `set`",
    "AFTER": "`create`, `put`, `remove`, `update`, `enqueue`, `cancel` or `emits`",
    "OP": "`errors`, `emits`, `calls`, `allow`, a statement (`require`, `set`, `update`, `create`, `put`, `remove`, `enqueue`, `cancel`) or `sql`",
    "POLICY": "`scope`, `allow`, `deny` or `field`",
    "FIELD": "`read to …`, `write to …` or `else`",
    "IDENTITY": "`bearer`, `api_key`, `password`, `issue`, `sign_up`, `active`, `member`, `roles` or `claim`",
    "LOAD": "an amount (`Order: 1_000 rows`)",
    "DEPLOY": "`service`, `database` or a setting (`name: value`)",
    "SEED": "a row (`name: Entity = { … }`)",
    "TEST": "`given`, `as`, `do` or `expect`",
    "EXTERNAL": "`auth`, `op` or a setting (`name: value`)",
    "JOB": "`update`, `delete`, `create`, `put`, `remove`, `emit`, `enqueue`, `call` or `calls`",
    "WEBHOOKS": "a setting (`name: value`)",
    "STREAM": "a setting (`name: value`)",
    "SOURCE": "a setting (`name: value`)",
    "CONSUME": "`enqueue`",
}
# The words that begin an item of a block.
ITEM_WORDS = {
    "API": "auth limit graphql profile resource op",
    "RESOURCE": "ops page filter search nearest sort expand show input list before after op resource",
    "ENTITY": "id unique index check exclude partition dropped",
    "MIXIN": "unique index check exclude policy",
    "OP": "errors emits calls allow enqueue cancel set require update create put remove sql",
    "BEFORE": "require set",
    "AFTER": "create put remove update enqueue cancel emits",
    "POLICY": "scope allow deny field",
    "IDENTITY": "bearer api_key claim password issue sign_up active member roles",
    "DEPLOY": "service database",
    "TEST": "given as do receive expect at after run",
}
_SETTINGS = "an entry (`name: value`)"
_DECLARATION = "a declaration (`entity`, `enum`, `policy`, `api` …)"
_VALUES = frozenset(
    {"NUMBER", "QUANTITY", "STRING", "RAW_STRING", "LPAR", "LSQB", "LBRACE", "RANGE", "MINUS", "NOT", "IF"}
)
_VALUES |= frozenset({"EXISTS", "EVERY"})
_OPERATORS = frozenset({"COMPARE", "PLUS", "MINUS", "STAR", "SLASH", "AND", "OR", "IN", "NOT"})
_MARKS = {
    "COLON": "`:`",
    "COMMA": "`,`",
    "EQUAL": "`=`",
    "LBRACE": "`{`",
    "RBRACE": "`}`",
    "LPAR": "`(`",
    "RPAR": "`)`",
    "LSQB": "`[`",
    "RSQB": "`]`",
    "ARROW": "`->`",
    "RANGE": "`..`",
    "DOT": "`.`",
    "AT": "an attribute",
    "STRING": "text in double quotes",
    "LONG_STRING": 'SQL between `"""`',
    "NUMBER": "a number",
    "QUANTITY": "a number with a unit",
    "VBAR": "`|`",
    "QMARK": "`?`",
    "$END": "the end of the file",
}
_SOFT_ORDER = (
    "IDENT",
    "STRING",
    "NUMBER",
    "QUANTITY",
    "COLON",
    "EQUAL",
    "LBRACE",
    "LPAR",
    "RBRACE",
    "RPAR",
    "RSQB",
    "ARROW",
)


def expected(accepts: set[str], values: Sequence[Any]) -> str:
    """Return the terminals in words of the language; `values` is what is open."""
    if ("BROKEN" in accepts and "IDENT" not in accepts - _VALUES) or _at_item(accepts):
        return _item(values, accepts)
    words: list[str] = []
    rest = set(accepts) - {"BROKEN", "STRAY", "DOC"}
    if len(rest & _VALUES) > 8:
        words.append("an expression")
        rest -= _VALUES | {"IDENT"}
    elif rest & {"COMPARE", "PLUS"}:
        words.append("an operator")
    if words or rest - _OPERATORS:
        rest -= _OPERATORS
    if "IDENT" in accepts:
        if "IDENT" in rest:
            words.append("a name")
        rest = {terminal for terminal in rest if terminal in _MARKS}
    rest -= {"DOT", "IDENT", "AT", "QMARK", "LSQB"} if len(rest) > 3 else {"IDENT"}
    return join(words + sorted(map(_word, rest))[: 6 - len(words)])


def block(values: Sequence[Any]) -> str | None:
    """Return the word that opened the innermost open brace, upper case; None outside all."""
    braces = open_braces(values)
    if not braces:
        return None
    for value in reversed(values[: braces[-1]]):
        if type(value) is Token and value.type in _BLOCKS:
            return value.type
        if type(value) is Token and value.type in (
            "LBRACE",
            "EQUAL",
            "COLON",
            "GRAPHQL",
            "BEARER",
            "SERVICE",
            "DATABASE",
            "SET",
        ):
            break
    return "SETTINGS"


def join(words: Sequence[str]) -> str:
    """`a, b or c`."""
    if not words:
        return "something else"
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} or {words[-1]}"


def _at_item(accepts: set[str]) -> bool:
    return "BROKEN" in accepts and "DOC" in accepts


def _item(values: Sequence[Any], accepts: set[str]) -> str:
    opener = block(values)
    if opener is None:
        return _DECLARATION
    return _BLOCKS.get(opener, _SETTINGS) + (", or `}`" if "RBRACE" in accepts else "")


def _word(terminal: str) -> str:
    if terminal.startswith("__ANON"):
        return "`at`"  # the mark `@` has taken the name of the word
    return _MARKS.get(terminal, f"`{terminal.lower()}`")
