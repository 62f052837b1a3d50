"""Types of rows: enums, structs, mixins, entities, views, machines, errors, events."""

from typing import Any

from lark import Token

from bdc.syntax.ast import (
    CheckDecl,
    Column,
    DroppedDecl,
    EntityDecl,
    EnumDecl,
    EnumValue,
    Expr,
    ErrorDecl,
    EventDecl,
    ExcludeDecl,
    ExcludeElement,
    FieldDecl,
    IndexDecl,
    KeyDecl,
    MachineDecl,
    MixinDecl,
    OperatorClass,
    PartitionDecl,
    Path,
    PolicyBlock,
    Name,
    RemovedDecl,
    SqlBlock,
    StructDecl,
    Transition,
    UniqueDecl,
    ViewDecl,
)
from bdc.syntax.build.base import Block, Children, items, nodes
from bdc.syntax.build.expr import ExprRules
from bdc.syntax.build.sql import sql_text


class DataRules(ExprRules):
    """Declarations of data, and their members."""

    def enum(self, c: Children) -> EnumDecl:
        return EnumDecl(c[2], c[3], nodes(c[5:]), c[0], span=self._span(c))

    def enum_value(self, c: Children) -> EnumValue:
        return EnumValue(c[1], c[2], c[0], span=self._span(c[:3]))

    def dropped_value(self, c: Children) -> DroppedDecl:
        return DroppedDecl(c[2], c[3], span=self._span(c[:4]))

    def struct(self, c: Children) -> StructDecl:
        return StructDecl(c[2], c[3] or (), c[4], c[5].items, c[0], span=self._span(c))

    def mixin(self, c: Children) -> MixinDecl:
        return MixinDecl(c[2], c[3] or (), c[4], c[5].items, c[0], span=self._span(c))

    def entity(self, c: Children) -> EntityDecl:
        return EntityDecl(c[2], c[3] or (), c[4], c[5].items, c[0], span=self._span(c))

    def mixins(self, c: Children) -> tuple[Path, ...]:
        found: tuple[Path, ...] = c[1]
        return found

    def view(self, c: Children) -> ViewDecl:
        where, keys, having, attributes, block = c[7:]
        return ViewDecl(
            c[2], c[4], c[6], where, attributes, block.items, c[0], keys or (), having, span=self._span(c)
        )

    def grouping(self, c: Children) -> tuple[Expr, ...]:
        return nodes(c[2:])

    def having(self, c: Children) -> Any:
        return c[2]

    def members(self, c: Children) -> Block:
        return self._block(c)

    def field(self, c: Children) -> FieldDecl:
        return FieldDecl(c[1], c[3], c[5], c[6], c[0], span=self._span(c[:7]))

    def field_late(self, c: Children) -> FieldDecl:
        """The default stands behind attributes: read all the same, and laid out in front of them."""
        at = next(place for place, child in enumerate(c) if type(child) is Token and child.type == "EQUAL")
        attributes = (*c[4:at], *c[at + 2])
        return FieldDecl(c[1], c[3], c[at + 1], attributes, c[0], span=self._span(c[: at + 3]))

    def key(self, c: Children) -> KeyDecl:
        return KeyDecl(c[2].items, c[3], span=self._span(c))

    def unique(self, c: Children) -> UniqueDecl:
        return UniqueDecl(c[2].items, c[3], c[4], c[0], span=self._span(c))

    def index(self, c: Children) -> IndexDecl:
        return IndexDecl(c[4].items, c[3], c[5], c[6], c[0], span=self._span(c))

    def check(self, c: Children) -> CheckDecl:
        return CheckDecl(c[2], c[4], c[6], c[0], span=self._span(c))

    def exclude(self, c: Children) -> ExcludeDecl:
        elements = tuple(child for child in c if type(child) is ExcludeElement)
        return ExcludeDecl(c[2], elements, c[4], c[-2], c[-1], c[0], span=self._span(c))

    def exclude_element(self, c: Children) -> ExcludeElement:
        column = Column(c[0], collation=self._text(c[2]), operator_class=c[4], span=self._span(c[:5]))
        return ExcludeElement(column, self._text(c[6]) or "", span=self._span(c))

    def dropped(self, c: Children) -> DroppedDecl:
        return DroppedDecl(c[2], c[3], span=self._span(c))

    def partition(self, c: Children) -> PartitionDecl:
        """The word after the name says of which kind it is."""
        name, attributes, doc, span = c[2], c[-1], c[0], self._span(c)
        match str(c[3]):
            case "from":
                return PartitionDecl(name, "range", c[4].items, c[6].items, attributes=attributes, doc=doc, span=span)
            case "in":
                return PartitionDecl(name, "list", values=c[4].items, attributes=attributes, doc=doc, span=span)
            case "modulus":
                numbers = self._whole(c[4]), self._whole(c[6])
                return PartitionDecl(
                    name, "hash", modulus=numbers[0], remainder=numbers[1], attributes=attributes, doc=doc, span=span
                )
        return PartitionDecl(name, "default", attributes=attributes, doc=doc, span=span)

    def bounds(self, c: Children) -> Block:
        return self._block(c)

    def removed(self, c: Children) -> RemovedDecl:
        return RemovedDecl(str(c[2]), c[3], c[4], span=self._span(c))

    def removed_sql(self, c: Children) -> RemovedDecl:
        token: Token = c[3]
        text = sql_text(token) if token.startswith('"""') else self._string(token).value
        return RemovedDecl("sql", Name(text, span=self._span([token])), c[4], span=self._span(c))

    def policy_block(self, c: Children) -> PolicyBlock:
        return PolicyBlock(nodes(c), span=self._span(c))

    def columns(self, c: Children) -> Block:
        return self._block(c)

    def column(self, c: Children) -> Column:
        return Column(c[0], c[5] == "desc", self._text(c[2]), c[4], c[7] and str(c[7]), span=self._span(c))

    def operator_class(self, c: Children) -> OperatorClass:
        return OperatorClass(c[0], self._unbounded(items(c[1])), span=self._span(c))

    def where(self, c: Children) -> Any:
        return c[1]

    def sql(self, c: Children) -> SqlBlock:
        return SqlBlock(sql_text(c[2]), c[0], span=self._span(c))

    def machine(self, c: Children) -> MachineDecl:
        return MachineDecl(c[2], c[4], nodes(c[6:]), c[0], span=self._span(c))

    def transition(self, c: Children) -> Transition:
        return Transition(c[1], c[3], c[5], c[0], span=self._span(c))

    def error(self, c: Children) -> ErrorDecl:
        return ErrorDecl(c[2], self._whole(c[3]), c[4], items(c[5]), c[0], span=self._span(c))

    def event(self, c: Children) -> EventDecl:
        return EventDecl(c[2], c[4], c[5], items(c[6]), c[0], span=self._span(c))

