"""Names, paths, documentation, attributes, and the types of fields."""

from lark import Token

from bdc.syntax.ast import Attribute, Name, NamedType, Path, RangeLiteral, TypeAliasDecl, TypeExpr
from bdc.syntax.build.base import Children, Rules, nodes


class NameRules(Rules):
    """`name: word | …` and what is made of names."""

    def word(self, c: Children) -> Name:
        return c[0] if type(c[0]) is Name else self._name(c[0])

    def name(self, c: Children) -> Name:
        return c[0] if type(c[0]) is Name else self._name(c[0])

    state = action = operator = value = setting_name = name
    enum_word = other_word = word

    def _name(self, token: Token) -> Name:
        return Name(str(token), span=self._token_span(token))

    def path(self, c: Children) -> Path:
        return Path(tuple(c[::2]), span=self._span(c))

    def names(self, c: Children) -> tuple[Name, ...]:
        return tuple(c[::2])

    states = names

    def paths(self, c: Children) -> tuple[Path, ...]:
        return tuple(c[::2])

    def docs(self, c: Children) -> str:
        """Join the lines; one blank after the slashes belongs to the mark."""
        return "\n".join(line[4:].rstrip() if line[3:4] == " " else line[3:].rstrip() for line in map(str, c))

    def attributes(self, c: Children) -> tuple[Attribute, ...]:
        return tuple(c)

    def type(self, c: Children) -> TypeExpr:
        marks = {str(child) for child in c if type(child) is Token}
        return TypeExpr(nodes(c), array="[" in marks, optional="?" in marks, span=self._span(c))

    def named_type(self, c: Children) -> NamedType:
        return NamedType(c[0], nodes(c[1:]), span=self._span(c))

    def type_range(self, c: Children) -> RangeLiteral:
        return RangeLiteral(c[0], c[2], span=self._span(c))

    def open_range(self, c: Children) -> RangeLiteral:
        return RangeLiteral(None, c[1], span=self._span(c))

    def type_alias(self, c: Children) -> TypeAliasDecl:
        return TypeAliasDecl(c[2], c[4], c[5], c[0], span=self._span(c))
