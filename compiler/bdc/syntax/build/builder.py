"""All rules together, and those of the file itself."""

from typing import Any

from bdc.syntax.ast import Attribute, Broken, IntLiteral, Path, Use, UseItem
from bdc.syntax.build.api import ApiRules
from bdc.syntax.build.base import Children, nodes
from bdc.syntax.build.data import DataRules
from bdc.syntax.build.deploy import DeployRules
from bdc.syntax.build.names import NameRules
from bdc.syntax.build.policy import PolicyRules


class Edition:
    """`bds 1`."""

    __slots__ = ("number", "span")

    def __init__(self, number: IntLiteral) -> None:
        self.number = number
        self.span = number.span


class Module:
    """`module shop.api @names(postgres)`."""

    __slots__ = ("attributes", "path", "span")

    def __init__(self, path: Path, attributes: tuple[Attribute, ...]) -> None:
        self.path = path
        self.attributes = attributes
        self.span = path.span


class Builder(DataRules, ApiRules, PolicyRules, DeployRules, NameRules):
    """The transformer that Lark calls."""

    def start(self, c: Children) -> tuple[Any, ...]:
        return tuple(c)

    def edition(self, c: Children) -> Edition:
        return Edition(self._whole(c[1]))

    def module(self, c: Children) -> Module:
        return Module(c[2], c[3])

    def use(self, c: Children) -> Use:
        return Use(c[2], nodes(c[4:]), span=self._span(c))

    def use_item(self, c: Children) -> UseItem:
        return UseItem(c[0], c[2], span=self._span(c))

    def broken(self, c: Children) -> Broken:
        """The parser hands over what it made of the skipped text in the token itself."""
        found: Broken = c[0].value
        return found
