"""What people write who know other languages, and what says the same here: reported with that, mended, and the parse goes on.

Without it one such word costs all that stands behind it, in messages about something else.
"""

from collections.abc import Callable
from dataclasses import dataclass

from lark import Token

from bdc.diagnostics.elsewhere import ATTRIBUTES
from bdc.source import SourceFile
from bdc.syntax.ast import Name
from bdc.syntax.automaton import Automaton
from bdc.syntax.brackets import is_word
from bdc.syntax.declaring import foreign_declaration
from bdc.syntax.errors import Unexpected
from bdc.syntax.expected import block, expected
from bdc.syntax.lexemes import describe, token_span
from bdc.syntax.repair_types import Repair

Match = dict[int, int]
Attempt = Callable[[Automaton, list[Token], int, SourceFile, Match], Repair | None]

_UNITS = {"second": "s", "minute": "m", "hour": "h", "day": "d", "week": "d"}
_UNITS |= {f"{unit}s": short for unit, short in _UNITS.items()}
_ATTRIBUTE = "attributes begin with `@`, behind the type: `email: string @unique`"
_ROLES = "name the roles; callers without credentials are `anonymous`: `allow read to member, anonymous`"


@dataclass(frozen=True, slots=True)
class Habit:
    """Where `found` (a type of token, or its text) fails after one of `after` (types of tokens; () any), `instead` is fed for it and the
    `skipped` - 1 tokens behind it; 0 inserts. `inside`: the block, '' any."""

    found: tuple[str, ...]
    advice: str
    after: tuple[str, ...] = ()
    instead: tuple[tuple[str, str], ...] = ()
    skipped: int = 1
    inside: str = ""

    def fits(self, automaton: Automaton, tokens: list[Token], at: int) -> bool:
        token, before = tokens[at], tokens[at - 1]
        if token.type not in self.found and str(token) not in self.found:
            return False
        if self.after and before.type not in self.after and str(before) not in self.after:
            return False
        return not self.inside or block(automaton.values) == self.inside


_AT = (("at", "at"),)
_STEPS = ("given", "as", "do", "receive", "expect", "at", "after", "run", "}")
HABITS = (
    Habit((":",), "no `:` behind it: `ops list, get`", ("OPS", "FILTER", "SORT", "SEARCH", "EXPAND", "AUTH", "PAGE")),
    Habit(("-",), "no `-` in front: the order that a list has by itself is `sort name default name desc`", ("SORT", ",")),
    Habit((":",), "the result stands behind `->`: `op publish() -> Post`", (")",), (("ARROW", "->"),)),
    Habit(("->", "{"), "parameters stand in parentheses, also none: `op publish() -> Post`", (), (("LPAR", "("), ("RPAR", ")")), 0),
    Habit(("*",), _ROLES, ("TO",), (("IDENT", "anonymous"),)),
    Habit(("*",), "name the actions: `allow read, create, update, delete to admin`", ("ALLOW", "DENY"), (("IDENT", "read"),)),
    Habit(("when",), "say to which roles: `allow read to member when …`; callers without credentials are `anonymous`", (), (("TO", "to"), ("IDENT", "anonymous")), 0, "POLICY"),
    Habit(("if", "where"), "a condition begins with `when`: `allow read to member when owner == actor`", (), (("WHEN", "when"),), 1, "POLICY"),
    Habit(("jwt",), "write `bearer jwt { … }`", (), (("BEARER", "bearer"),), 0, "IDENTITY"),
    Habit(("on",), "no `on` behind it: `index (status)`", ("INDEX", "UNIQUE")),
    Habit(("STRING",), 'write `at` in front of a path: `resource User at "/users"`', (), _AT, 0),
    Habit(("{",), "a seed has a name: `seed demo { … }`", ("SEED",), (("IDENT", "demo"),), 0),
    Habit(("asc", "desc"), "callers choose the direction; that of a list by itself is `sort name default name desc`", (), (), 1, "RESOURCE"),
    Habit(("@",), "attributes of a resource stand in front of its `{`: `resource Post at \"/posts\" @conditional { … }`", (), (), 2, "RESOURCE"),
    Habit(("NUMBER",), "write `page cursor(default: 20, max: 100)`", ("PAGE",), (("IDENT", "cursor"),)),
    Habit(("==", "="), 'operators stand in quotes: `room with "="`', ("WITH",), (("STRING", '"="'),)),
    Habit(_STEPS, "a value is held against another: `expect order.paid == true`", ("IDENT",), (("AND", "and"), ("IDENT", "true")), 0, "TEST"),
    Habit(("VBAR",), "write `or`", (), (("OR", "or"),), 2),
)  # fmt: skip


def habits(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: Match
) -> Repair | None:
    """Return how the habit at the failing token is mended, or None."""
    if not at:
        return None
    for habit in HABITS:
        if habit.fits(automaton, tokens, at):
            fed = tuple(_token(tokens[at], _kind(automaton, kind), text) for kind, text in habit.instead)
            following = tokens[at + habit.skipped : at + habit.skipped + 1]
            if automaton.takes((*fed, *following)) == len(fed) + len(following):
                return Repair(_fact(automaton, tokens[at], file, habit.advice), fed, at + habit.skipped)
    for each in _SPECIAL:
        found = each(automaton, tokens, at, file, match)
        if found is not None and automaton.takes(found.tokens) == len(found.tokens):
            return found
    return None


def _fact(automaton: Automaton, token: Token, file: SourceFile, advice: str) -> Unexpected:
    wanted = expected(automaton.accepts(), automaton.values)
    return Unexpected(token_span(file, token), describe(token), wanted, advice=advice)


def _token(at: Token, kind: str, text: str) -> Token:
    return Token(kind, text, start_pos=at.start_pos, end_pos=at.start_pos, line=at.line)


def _kind(automaton: Automaton, kind: str) -> str:
    """Return the type of a token that is fed. That of the word `at` has no name: the mark `@` has taken it."""
    unnamed = (each for each in automaton.accepts() if each.startswith("__ANON"))
    return next(unnamed, kind) if kind == "at" else kind


def _line_end(tokens: list[Token], at: int, line: int | None) -> int:
    """Return the first token from `at` on that is on another line, or that closes the braces around."""
    depth = 0
    while tokens[at].line == line and tokens[at].type != "$END":
        depth += (tokens[at].type == "LBRACE") - (tokens[at].type == "RBRACE")
        if depth < 0:
            break
        at += 1
    return at


def _loose_word(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: Match
) -> Repair | None:
    """`email: string unique`: a word behind a field began the next one, which it is not."""
    word = tokens[at - 1]
    if at < 2 or word.line != tokens[at - 2].line or not is_word(word) or tokens[at].type == "COLON":
        return None
    inside, level = block(automaton.values), automaton.level()
    last = automaton.values[-1]
    if str(last.text if isinstance(last, Name) else last) != str(word):
        return None
    if len(automaton.values) - level > 2:
        return None
    if inside == "MACHINE" and word == "on":
        return Repair(
            _fact(automaton, word, file, "write `by`: `draft -> paid by pay`"), (), at + 1, cut=True
        )
    if inside not in ("ENTITY", "MIXIN", "STRUCT"):
        return None
    advice = ATTRIBUTES.get(str(word).lower(), _ATTRIBUTE)
    if str(word).lower() in _UNITS and tokens[at - 2].type == "NUMBER":
        advice = f"write `{tokens[at - 2]}{_UNITS[str(word).lower()]}`"
    return Repair(_fact(automaton, word, file, advice), (), _line_end(tokens, at, word.line), cut=True)


def _late_with(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: Match
) -> Repair | None:
    """`entity Order @audited with Timestamps {`."""
    end = _line_end(tokens, at, tokens[at].line)
    brace = next((each for each in range(at, end) if tokens[each].type == "LBRACE"), None)
    if tokens[at].type != "WITH" or brace is None or "LBRACE" not in automaton.accepts():
        return None
    advice = "`with …` stands in front of the attributes: `entity Order with Timestamps @audited {`"
    return Repair(_fact(automaton, tokens[at], file, advice), (), brace)


def _not_null(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: Match
) -> Repair | None:
    if tokens[at].type != "NOT" or str(tokens[at + 1]).lower() != "null":
        return None
    return Repair(_fact(automaton, tokens[at], file, ATTRIBUTES["required"]), (), at + 2)


def _every(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: Match
) -> Repair | None:
    short = _UNITS.get(str(tokens[at]).lower())
    if tokens[at - 1].type != "EVERY" or short is None:
        return None
    text = f"1{short}"
    return Repair(
        _fact(automaton, tokens[at], file, f"write `every {text}`"),
        (_token(tokens[at], "QUANTITY", text),),
        at + 1,
    )


def _list_type(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: Match
) -> Repair | None:
    """`comments: [Comment]`."""
    if tokens[at].type != "LSQB" or tokens[at - 1].type != "COLON" or tokens[at + 2 : at + 3] == []:
        return None
    if not is_word(tokens[at + 1]) or tokens[at + 2].type != "RSQB":
        return None
    fed = (tokens[at + 1], tokens[at], tokens[at + 2])
    if automaton.takes(fed) < 3:
        return None
    return Repair(_fact(automaton, tokens[at], file, f"a list is written `{tokens[at + 1]}[]`"), fed, at + 3)


def _enum_type(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: Match
) -> Repair | None:
    """`status: enum { draft, published }`."""
    if tokens[at].type != "LBRACE" or tokens[at - 1].type != "ENUM" or tokens[at - 2].type != "COLON":
        return None
    advice = (
        "an enum is a declaration of its own, and its name is the type: `enum Status { draft, published }`"
    )
    return Repair(_fact(automaton, tokens[at], file, advice), (), match[at] + 1) if at in match else None


def _enum_of(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: Match
) -> Repair | None:
    """`enum Status = draft | published`."""
    if tokens[at].type != "EQUAL" or tokens[at - 2].type != "ENUM":
        return None
    end = _line_end(tokens, at, tokens[at].line)
    values = [each for each in tokens[at:end] if is_word(each)]
    advice = f"write `enum {tokens[at - 1]} {{ {', '.join(values)} }}`"
    fed = (_token(tokens[at], "LBRACE", "{"), *values, _token(tokens[end - 1], "RBRACE", "}"))
    return (
        Repair(_fact(automaton, tokens[at], file, advice), fed, end)
        if automaton.takes(fed) == len(fed)
        else None
    )


def _set_assigned(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: Match
) -> Repair | None:
    """`set status = published`."""
    if tokens[at - 1].type != "SET" or not is_word(tokens[at]):
        return None
    fed = (_token(tokens[at], "LBRACE", "{"), _token(tokens[at], "RBRACE", "}"))
    advice = f"write `set {{ {tokens[at]}: … }}`"
    return Repair(_fact(automaton, tokens[at], file, advice), fed, _line_end(tokens, at, tokens[at].line))


def _bare_graphql(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: Match
) -> Repair | None:
    if tokens[at - 1].type != "GRAPHQL" or block(automaton.values) != "API":
        return None
    fed = (_token(tokens[at], _kind(automaton, "at"), "at"), _token(tokens[at], "STRING", '"/graphql"'))
    fact = _fact(automaton, tokens[at - 1], file, 'say where it is: `graphql at "/graphql"`')
    return Repair(fact, fed, at)


def _claim(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: Match
) -> Repair | None:
    if block(automaton.values) != "IDENTITY" or "EQUAL" not in automaton.accepts():
        return None
    fed = (_token(tokens[at], "EQUAL", "="), _token(tokens[at], "STRING", '"roles"'))
    if automaton.takes((*fed, tokens[at])) < 3:
        return None
    fact = _fact(
        automaton, tokens[at], file, 'say what the token calls it: `claim roles: string[] = "roles"`'
    )
    return Repair(fact, fed, at)


def _quoted_path(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: Match
) -> Repair | None:
    """`resource Comment at /comments`."""
    if tokens[at].type != "SLASH" or tokens[at - 1].type != "AT":
        return None
    end = at
    while tokens[end].type == "SLASH" or (tokens[end - 1].type == "SLASH" and is_word(tokens[end])):
        end += 1
    text = "".join(tokens[at:end])
    fed = (_token(tokens[at], "STRING", f'"{text}"'),)
    return Repair(_fact(automaton, tokens[at], file, f'a path stands in quotes: `at "{text}"`'), fed, end)


def _named_only(
    automaton: Automaton, tokens: list[Token], at: int, file: SourceFile, match: Match
) -> Repair | None:
    """`emits Paid { amount: amount }`, as a job writes it behind `emit`."""
    before = at - 1
    while before > 0 and tokens[before].type in ("COMMA", "DOT", "IDENT"):
        before -= 1
    advice = _NAMED_ONLY.get(str(tokens[before]))
    if tokens[at].type != "LBRACE" or advice is None or at not in match:
        return None
    fact = _fact(automaton, tokens[at], file, advice.format(name=tokens[at - 1]))
    return Repair(fact, (), match[at] + 1)


_NAMED_ONLY = {
    "emits": "write `emits {name}`: parameters and fields of the row fill its members by name",
    "errors": "write `errors {name}`; its members stand where it is declared",
}
_SPECIAL: tuple[Attempt, ...] = (
    foreign_declaration, _loose_word, _late_with, _not_null, _every, _list_type, _enum_type, _enum_of, _set_assigned, _bare_graphql, _claim, _quoted_path, _named_only,
)  # fmt: skip
