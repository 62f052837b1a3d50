"""The text of a Prisma schema → its blocks. A line is a field, an attribute of the block, or a value of an enum."""

import re

from bdc.source.records import dataclass

_TOKEN = re.compile(
    r"""(?P<block>/\*[\s\S]*?\*/) | (?P<comment>//[^\n]*) | (?P<string>"(?:\\.|[^"\\\n])*") | (?P<attribute>@@?[\w.]+)
      | (?P<word>-?[\w.]+(?:e[-+]\d+)?(?:-[\w-]+)?) | (?P<mark>[{}()\[\]:,=?]) | (?P<newline>\n) | (?P<blank>[ \t\r]+) | (?P<other>.)""",
    re.VERBOSE,
)


class PrismaError(Exception):
    """The text is no Prisma schema; `line` says where, if it is one place."""

    def __init__(self, line: int | None, message: str) -> None:
        super().__init__(message if line is None else f"line {line}: {message}")
        self.line, self.message = line, message


@dataclass(frozen=True, slots=True)
class Call:
    """`now()`, `raw("…")`, `name(sort: Desc)`."""

    name: str
    arguments: tuple[tuple[str | None, object], ...]

    def get(self, key: str | None, place: int | None = None) -> object:
        """Return an argument by name, or by its place among those without a name; None when it is not there."""
        named = [value for name, value in self.arguments if name == key and key is not None]
        plain = [value for name, value in self.arguments if name is None]
        if named:
            return named[0]
        return plain[place] if place is not None and place < len(plain) else None


@dataclass(frozen=True, slots=True)
class Text:
    """A string, to be told from a word."""

    value: str


@dataclass(frozen=True, slots=True)
class Field:
    name: str
    type: str
    many: bool
    optional: bool
    attributes: dict[str, Call]
    doc: str
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A model, enum, view, type, datasource or generator. `settings` are the `name = value` lines."""

    kind: str
    name: str
    fields: tuple[Field, ...]
    attributes: tuple[tuple[str, Call], ...]
    settings: dict[str, object]
    doc: str
    line: int = 0

    def get(self, attribute: str) -> Call | None:
        return next((call for name, call in self.attributes if name == attribute), None)

    def all(self, attribute: str) -> list[Call]:
        return [call for name, call in self.attributes if name == attribute]


def parse(text: str) -> tuple[Block, ...]:
    """Return the blocks of a schema. Raises PrismaError."""
    return tuple(_Parser(text).blocks())


class _Parser:
    def __init__(self, text: str) -> None:
        self._tokens: list[tuple[str, str, int]] = []
        line = 1
        for found in _TOKEN.finditer(text):
            kind = found.lastgroup or ""
            if kind == "other":
                raise PrismaError(line, f"`{found[0]}` has no place here")
            if kind not in ("blank", "block") and not (kind == "comment" and not found[0].startswith("///")):
                self._tokens.append((kind, found[0], line))
            line += found[0].count("\n")
        self._tokens.append(("end", "", line))
        self._at = 0

    def blocks(self) -> list[Block]:
        found = []
        doc = self._gap()
        while self._kind != "end":
            kind, name = self._take("word"), self._take("word")
            self._mark("{")
            found.append(self._block(kind, name, doc))
            doc = self._gap()
        return found

    def _block(self, kind: str, name: str, doc: str) -> Block:
        fields: list[Field] = []
        attributes: list[tuple[str, Call]] = []
        settings: dict[str, object] = {}
        line = self._line
        own = self._gap()
        while self._text != "}":
            if self._kind == "attribute":
                attributes.append(self._attribute())
            elif self._peek == "=":
                word = self._take("word")
                self._mark("=")
                settings[word] = self._value()
            else:
                fields.append(self._field(kind, own))
            own = self._gap()
        self._mark("}")
        return Block(kind, name, tuple(fields), tuple(attributes), settings, doc, line)

    def _field(self, kind: str, doc: str) -> Field:
        line = self._line
        name = self._take("word")
        type_name, many, optional = "", False, False
        if kind != "enum" and self._kind == "word":
            type_name = self._take("word")
            if type_name == "Unsupported" and self._text == "(":
                type_name = str(_plain(self._arguments("Unsupported").get(None, 0)))
            if self._text == "[":
                self._mark("[")
                self._mark("]")
                many = True
            if self._text == "?":
                self._mark("?")
                optional = True
        attributes = {}
        while self._kind == "attribute":
            key, call = self._attribute()
            attributes[key] = call
        if self._kind == "comment":  # behind the field
            doc = "\n".join(filter(None, (doc, self._text.removeprefix("///").strip())))
            self._at += 1
        return Field(name, type_name, many, optional, attributes, doc, line)

    def _attribute(self) -> tuple[str, Call]:
        name = self._take("attribute").lstrip("@")
        return name, self._arguments(name) if self._text == "(" else Call(name, ())

    def _arguments(self, name: str) -> Call:
        found: list[tuple[str | None, object]] = []
        self._mark("(")
        self._gap()
        while self._text != ")":
            key = None
            if self._peek == ":":
                key = self._take("word")
                self._mark(":")
            found.append((key, self._value()))
            self._comma()
        self._mark(")")
        return Call(name, tuple(found))

    def _value(self) -> object:
        self._gap()
        if self._text == "[":
            self._mark("[")
            self._gap()
            items = []
            while self._text != "]":
                items.append(self._value())
                self._comma()
            self._mark("]")
            return items
        if self._kind == "string":
            token = self._take("string")
            return Text(
                re.sub(r"\\(.)", lambda found: {"n": "\n", "t": "\t"}.get(found[1], found[1]), token[1:-1])
            )
        if self._text == "{":
            return self._object()
        word = self._take("word")
        return self._arguments(word) if self._text == "(" else word

    def _object(self) -> Call:
        """`{ deletedAt: null }`, as a call without a name."""
        self._mark("{")
        self._gap()
        found: list[tuple[str | None, object]] = []
        while self._text != "}":
            key = self._take("word")
            self._mark(":")
            found.append((key, self._value()))
            self._comma()
        self._mark("}")
        return Call("", tuple(found))

    def _comma(self) -> None:
        self._gap()
        if self._text == ",":
            self._mark(",")
            self._gap()

    def _gap(self) -> str:
        """Skip line ends; return the documentation that stands in them."""
        doc: list[str] = []
        while self._kind in ("newline", "comment"):
            if self._kind == "comment":
                doc.append(self._text.removeprefix("///").strip())
            self._at += 1
        return "\n".join(doc)

    @property
    def _kind(self) -> str:
        return self._tokens[self._at][0]

    @property
    def _text(self) -> str:
        return self._tokens[self._at][1]

    @property
    def _line(self) -> int:
        return self._tokens[self._at][2]

    @property
    def _peek(self) -> str:
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)][1]

    def _take(self, kind: str) -> str:
        if self._kind != kind:
            raise PrismaError(self._line, f"`{self._text.strip() or 'the end'}` where a {kind} is expected")
        self._at += 1
        return self._tokens[self._at - 1][1]

    def _mark(self, mark: str) -> None:
        if self._text != mark:
            raise PrismaError(self._line, f"`{self._text.strip() or 'the end'}` where `{mark}` is expected")
        self._at += 1


def _plain(value: object) -> object:
    return value.value if isinstance(value, Text) else value


def text_of(value: object) -> str | None:
    """Return a string or word as text."""
    plain = _plain(value)
    return plain if isinstance(plain, str) else None
