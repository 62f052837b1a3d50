"""Where a cursor stands: the blocks around it and the item that is being written, read from tokens alone.

A tree is of little use while a line is half written; tokens are always there.
"""

import re

from lark import Token

from bdc.diagnostics import DiagnosticSink
from bdc.source import SourceFile
from bdc.source.records import dataclass
from bdc.syntax.automaton import Automaton
from bdc.syntax.grammar import grammar
from bdc.syntax.lexemes import tokens

_DECLARATION = re.compile(r"^[A-Za-z]", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*$")
# Words that lead an item or a clause, and say what the names after them are.
LEADING = frozenset(
    [
        "with",
        "policy",
        "resource",
        "on",
        "machine",
        "identity",
        "extends",
        "to",
        "emits",
        "errors",
        "ops",
        "via",
        "allow",
        "deny",
        "filter",
        "sort",
        "search",
        "nearest",
        "expand",
        "input",
        "index",
        "unique",
        "by",
        "as",
        "when",
        "scope",
        "where",
        "set",
        "field",
        "use",
        "entity",
        "mixin",
        "struct",
        "view",
        "enum",
        "id",
        "check",
        "emits",
        "expect",
        "do",
        "given",
        "from",
        "read",
        "write",
        "auth",
        "page",
        "limit",
        "else",
    ]
)


@dataclass(frozen=True, slots=True)
class Frame:
    """An open brace: the word that opened it, and the tokens between that word and the brace."""

    opener: str
    header: tuple[str, ...]

    @property
    def subject(self) -> str:
        """The name after the opening word."""
        return self.header[0] if self.header else ""


@dataclass(frozen=True, slots=True)
class Context:
    """`frames`: from the outermost; `item`: texts of the tokens of the item before the cursor; `word`: what is written of the name;
    `accepts`: words that the grammar takes here, () where a name may stand too."""

    frames: tuple[Frame, ...]
    item: tuple[str, ...]
    word: str
    accepts: tuple[str, ...] = ()

    @property
    def opener(self) -> str:
        return self.frames[-1].opener if self.frames else ""

    @property
    def before(self) -> str:
        return self.item[-1] if self.item else ""

    def frame(self, *openers: str) -> Frame | None:
        """Return the innermost frame that one of these words opened."""
        return next((frame for frame in reversed(self.frames) if frame.opener in openers), None)

    @property
    def path(self) -> tuple[str, ...]:
        """The names of the path before the dot at the cursor."""
        names: list[str] = []
        at = len(self.item) - 1
        while at > 0 and self.item[at] == "." and self.item[at - 1].isidentifier():
            names.insert(0, self.item[at - 1])
            at -= 2
        return tuple(names)

    @property
    def leading(self) -> str:
        """The last word before the cursor, outside of brackets, that says what the names after it are."""
        depth = 0
        for at in range(len(self.item) - 1, -1, -1):
            text = self.item[at]
            depth += (text in (")", "]")) - (text in ("(", "["))
            if depth < 0:
                return "("
            named = self.item[at + 1 : at + 2] == (":",)
            if depth == 0 and text in LEADING and not named:
                return text
        return ""

    @property
    def call(self) -> tuple[str, ...]:
        """The tokens before the innermost open parenthesis of the item: `("@", "inverse")`."""
        depth = 0
        for at in range(len(self.item) - 1, -1, -1):
            text = self.item[at]
            depth += (text == ")") - (text == "(")
            if depth < 0:
                return self.item[max(0, at - 2) : at]
        return ()


def context_at(file: SourceFile, offset: int) -> Context | None:
    """Return where the cursor stands; None inside of a comment or a string."""
    start = _start(file.text, offset)
    text = file.text[start:offset]
    found = _WORD.search(text)
    word = found[0] if found else ""
    before = SourceFile(file.path, text[: len(text) - len(word)])
    if _in_comment(before.text):
        return None
    read = tokens(grammar(), before, DiagnosticSink())[:-1]
    if read and read[-1].type in ("STRING", "RAW_STRING", "LONG_STRING") and _is_open(read[-1]):
        return None
    line = before.text.count("\n") + 1
    frames, item = _frames(read, Token("IDENT", word, line=line))
    return Context(frames, item, word, _accepts(read))


def _start(text: str, offset: int) -> int:
    """Return where the declaration around an offset begins."""
    line = text.rfind("\n", 0, offset) + 1
    if line < len(text) and _DECLARATION.match(text[line:offset]):
        return line
    begins = [found.start() for found in _DECLARATION.finditer(text, 0, line)]
    return begins[-1] if begins else 0


def _in_comment(text: str) -> bool:
    line = text[text.rfind("\n") + 1 :]
    at = line.find("//")
    return at >= 0 and line.count('"', 0, at) % 2 == 0


def _is_open(token: Token) -> bool:
    if token.type == "LONG_STRING":
        return len(token) < 6 or not token.endswith('"""')
    return len(token) < 2 or not token.endswith('"')


def _frames(read: list[Token], here: Token) -> tuple[tuple[Frame, ...], tuple[str, ...]]:
    """Return the open braces and the item before the token `here`, which stands at the cursor."""
    frames: list[Frame] = []
    item: list[Token] = []
    for token in read:
        if token.type == "LBRACE":
            texts = [str(each) for each in item]
            frames.append(_frame(texts))
            item = []
        elif token.type == "RBRACE":
            if frames:
                frames.pop()
            item = []
        else:
            if item and _ends(item, token):
                item = []
            item.append(token)
    if item and _ends(item, here):
        item = []
    return tuple(frames), tuple(str(each) for each in item if each.type != "DOC")


def _frame(texts: list[str]) -> Frame:
    """Return the frame that the tokens before a brace open: `entity X`, `resource X at "/x"`, `set`, `name =` …"""
    for at, text in enumerate(texts):
        if text.isidentifier():
            return Frame(text, tuple(texts[at + 1 :]))
    return Frame("", tuple(texts))


def _ends(item: list[Token], token: Token) -> bool:
    """Whether a token begins a new item: it stands on another line, and the last one does not ask for more."""
    asks = item[-1].type in (
        "COMMA",
        "COMPARE",
        "PLUS",
        "MINUS",
        "STAR",
        "SLASH",
        "EQUAL",
        "COLON",
        "DOT",
        "LPAR",
    )
    words = str(item[-1]) in ("and", "or", "not", "in", "when", "where", "to")
    depth = sum((each.type in ("LPAR", "LSQB")) - (each.type in ("RPAR", "RSQB")) for each in item)
    other = (token.line or 0) > (item[-1].end_line or 0)
    continued = token.type in ("AT", "COMPARE", "AND", "OR") or str(token) in (
        "when",
        "because",
        "to",
        "via",
        "emits",
    )
    return other and not asks and not words and depth <= 0 and not (continued and str(token) != "emits")


def _accepts(read: list[Token]) -> tuple[str, ...]:
    """Return the words that the grammar takes next, where nothing but words may stand."""
    lark = grammar()
    automaton = Automaton(lark)
    if automaton.takes(read) < len(read):
        return ()
    dry = automaton.state
    dry.parse_conf = automaton._dry
    for token in read:
        automaton.feed(token)
    found = automaton.accepts()
    if "IDENT" in found or "BROKEN" in found:
        return ()
    words = [str(each.pattern.value) for each in lark.terminals if each.name in found]
    return tuple(sorted(word for word in words if word.isidentifier()))
