"""Tokens of a JDL → declarations."""

from collections.abc import Iterator

from bdc.importing.jdl.lexer import JdlError, Token, tokens
from bdc.importing.jdl.nodes import (
    Annotations,
    EntityNode,
    EnumNode,
    FieldNode,
    Jdl,
    OptionNode,
    RelationNode,
    Side,
)

__all__ = ["JdlError", "parse"]

_RULES = frozenset(
    ["required", "unique", "min", "max", "minlength", "maxlength", "minbytes", "maxbytes", "pattern"]
)
_KINDS = frozenset(["OneToMany", "ManyToOne", "OneToOne", "ManyToMany"])
_NAMES = ("word", "number")


def parse(text: str) -> Jdl:
    """Return what a JDL declares. Raises JdlError."""
    return _Parser(list(tokens(text))).jdl()


class _Parser:
    def __init__(self, found: list[Token]) -> None:
        self._tokens = found
        self._at = 0
        self._jdl = Jdl()

    def jdl(self) -> Jdl:
        while self._now.kind != "end":
            doc, annotations = self._before()
            if self._now.kind == "end":
                break
            self._declaration(self._take(), doc, annotations)
        return self._jdl

    def _declaration(self, word: Token, doc: str | None, annotations: Annotations) -> None:
        match word.text:
            case "entity":
                self._jdl.entities.append(self._entity(doc, annotations))
            case "enum":
                self._jdl.enums.append(self._enum(doc))
            case "relationship":
                self._jdl.relations += self._relationships()
            case "application" | "deployment":
                self._settings(word.text)
            case _ if self._now.text == "=":
                self._take("=")
                self._jdl.constants[word.text] = self._take().text
                self._skip_comma()
            case _ if word.kind == "word":
                self._jdl.options += self._option(word)
            case _:
                raise JdlError(word.line, f"`{word.text}` where a declaration is expected")

    def _entity(self, doc: str | None, annotations: Annotations) -> EntityNode:
        name = self._name()
        table = self._argument() if self._now.text == "(" else None
        fields = tuple(self._fields()) if self._now.text == "{" else ()
        return EntityNode(name, table, doc, annotations, fields)

    def _fields(self) -> Iterator[FieldNode]:
        self._take("{")
        while True:
            doc, annotations = self._before()
            if self._now.text == "}":
                break
            yield self._field(doc, annotations)
        self._take("}")

    def _field(self, doc: str | None, annotations: Annotations) -> FieldNode:
        name, kind = self._name(), self._name()
        line = self._tokens[self._at - 1].line
        rules: dict[str, str] = {}
        while self._now.text in _RULES and self._now.kind == "word":
            rule = self._take().text
            rules[rule] = self._argument() if self._now.text == "(" else ""
            line = self._tokens[self._at - 1].line
        self._skip_comma()
        if self._now.kind == "doc" and self._now.line == line:  # a comment behind the field
            behind = self._take().text
            doc = "\n".join(filter(None, (doc, behind)))
        self._skip_comma()
        return FieldNode(name, kind, rules, doc, annotations)

    def _enum(self, doc: str | None) -> EnumNode:
        name = self._name()
        values = []
        self._take("{")
        while True:
            own, _ = self._before()
            if self._now.text == "}":
                break
            value = self._name()
            label = self._argument() if self._now.text == "(" else None
            values.append((value, label, own))
            self._skip_comma()
        self._take("}")
        return EnumNode(name, doc, tuple(values))

    def _relationships(self) -> Iterator[RelationNode]:
        word = self._take()
        if word.text not in _KINDS:
            raise JdlError(word.line, f"`{word.text}` is no kind of relationship")
        self._take("{")
        while True:
            doc, annotations = self._before()
            if self._now.text == "}":
                break
            left = self._side(doc, annotations)
            self._take("to")
            right = self._side(*self._before())
            options = []
            while self._now.text == "with":
                self._take()
                options.append(self._name())
            self._skip_comma()
            yield RelationNode(word.text, left, right, tuple(options))
        self._take("}")

    def _side(self, doc: str | None, annotations: Annotations) -> Side:
        entity, member, shown, required = self._name(), None, None, False
        if self._now.text == "{":
            self._take("{")
            inner, _ = self._before()
            doc = doc or inner
            member = self._name()
            shown = self._argument() if self._now.text == "(" else None
            while self._now.text in ("required", "unique"):
                required = self._take().text == "required" or required
            self._take("}")
        return Side(entity, member, shown, required, doc, annotations)

    def _option(self, word: Token) -> Iterator[OptionNode]:
        names: list[str] = []
        values: list[str] = []
        excluded: list[str] = []
        if self._now.line != word.line:  # an option without entities is about the application
            yield OptionNode(word.text, (), None, ())
            return
        while self._now.kind in (*_NAMES, "string") and self._peek not in ("=", "{", "("):
            text = self._take().text
            if text == "with":
                values.append(self._take().text)
            elif text == "except":
                excluded += self._list()
            elif text == "for":
                values, names = names, self._list()
            else:
                names.append("*" if text == "all" else text)
            if self._now.text == ",":
                self._take()
            elif self._ends():
                break
        if word.text == "use":
            for value in values:
                yield OptionNode("use", tuple(names), value, tuple(excluded))
        else:
            yield OptionNode(word.text, tuple(names), " ".join(values) or None, tuple(excluded))

    def _ends(self) -> bool:
        """Whether an option is over: what goes on with it begins with one of three words."""
        return self._now.text not in ("with", "except", "for")

    def _list(self) -> list[str]:
        found = [self._name()]
        while self._now.text == ",":
            self._take()
            found.append(self._name())
        return found

    def _settings(self, *place: str) -> None:
        """Read the lines of a block; blocks within are places of their own."""
        self._take("{")
        while self._now.text != "}":
            words, line = [], self._now.line
            while self._now.text not in ("{", "}") and self._now.line == line:
                if self._now.text == "," and place[-1].startswith("config"):
                    self._take()
                    break
                words.append(self._bracketed() if self._now.text in ("[", "(") else self._take().text)
            text = " ".join(word for word in words if word != ",")
            if self._now.text == "{":
                self._settings(*place, text or "block")
            elif text:
                self._jdl.settings.append((*place, text))
        self._take("}")

    def _bracketed(self) -> str:
        opening = self._take().text
        closing = "]" if opening == "[" else ")"
        inner = []
        while self._now.text != closing:
            inner.append(self._bracketed() if self._now.text in ("[", "(") else self._take().text)
        return opening + " ".join(inner) + self._take().text

    def _before(self) -> tuple[str | None, Annotations]:
        """Read the comments and annotations in front of something."""
        docs, annotations = [], []
        while self._now.kind in ("doc", "annotation") or self._now.text == ",":
            token = self._take()
            if token.kind == "doc":
                docs.append(token.text)
            elif token.kind == "annotation":
                value = self._argument() if self._now.text == "(" else None
                annotations.append((token.text[1:], value))
        return ("\n".join(docs) or None), tuple(annotations)

    def _argument(self) -> str:
        self._take("(")
        words = []
        while self._now.text != ")":
            words.append(self._take().text)
        self._take(")")
        return " ".join(words)

    def _skip_comma(self) -> None:
        if self._now.text == ",":
            self._take()

    def _name(self) -> str:
        if self._now.kind not in _NAMES:
            raise JdlError(self._now.line, f"`{self._now.text or 'the end'}` where a name is expected")
        return self._take().text

    def _take(self, text: str = "") -> Token:
        token = self._now
        if token.kind == "end" or (text and token.text != text):
            raise JdlError(token.line, f"`{token.text or 'the end'}` where {text or 'more'} is expected")
        self._at += 1
        return token

    @property
    def _now(self) -> Token:
        return self._tokens[self._at]

    @property
    def _peek(self) -> str:
        return self._tokens[min(self._at + 1, len(self._tokens) - 1)].text
