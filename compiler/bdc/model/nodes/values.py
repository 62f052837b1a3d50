"""Enums, structs and their members: resolved."""

from typing import Literal

from bdc import ir
from bdc.ddl.names import Name, qualified
from bdc.diagnostics import Names
from bdc.model.nodes.evolution import Removal
from bdc.naming.graphql import is_enum_value
from bdc.source import Span
from bdc.source.records import dataclass
from bdc.syntax import ast

ParameterPlace = Literal["query", "header", "body"]


@dataclass(frozen=True, slots=True)
class EnumValue:
    name: str
    span: Span
    doc: str
    deprecated: str | None
    attributes: tuple[ast.Attribute, ...] = ()
    was: tuple[str, ...] = ()
    label: str = ""


@dataclass(frozen=True, slots=True)
class Enum:
    name: str
    span: Span
    doc: str
    values: tuple[EnumValue, ...]
    was: tuple[str, ...] = ()
    dropped: tuple[Removal, ...] = ()
    native: str | None = None
    schema: str | None = None
    unread: bool = False  # some values could not be read: which there are cannot be said
    graphql: str | None = None

    @property
    def names(self) -> Names:
        return Names.of((value.name, value.was) for value in self.values)

    @property
    def type(self) -> ir.EnumType:
        """The type of its values."""
        labelled = any(value.label or not is_enum_value(value.name) for value in self.values)
        db = None if self.native is None else qualified(Name(self.native, self.schema))
        return ir.EnumType(name=self.name, labelled=labelled, db=db)

    def label(self, name: str) -> str:
        """Return how the value of that name is stored and shown."""
        return next((value.label for value in self.values if value.name == name), "") or name

    def literal(self, name: str) -> ir.Literal:
        """Return the value of that name in an expression."""
        return ir.Literal(value=self.label(name), type=self.type)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A typed member of a struct, an error, an event; a parameter of an operation.

    Of a member of a struct: `was` are its former names, `backfill` is what values get that have nothing for it. Of a parameter: `place` is where a request carries it, as written (None: by default); `header` the name of that header;
    `refers` the entity whose row it stands for by its key, `row` what that row is called.
    """

    name: str
    span: Span
    type: ir.Type
    nullable: bool = False
    default: ir.Expr | None = None
    doc: str = ""
    pii: bool = False
    place: ParameterPlace | None = None
    header: str = ""
    graphql: str | None = None
    was: tuple[str, ...] = ()
    backfill: ir.Expr | None = None
    attributes: tuple[ast.Attribute, ...] = ()
    refers: str | None = None
    row: str = ""

    @property
    def is_key_of_parts(self) -> bool:
        """Whether it carries a key of several parts: a JSON array of them."""
        return self.refers is not None and self.type == ir.ScalarType(scalar=ir.Scalar.JSON)


@dataclass(frozen=True, slots=True)
class Struct:
    name: str
    span: Span
    doc: str
    fields: tuple[Entry, ...]
    graphql: str | None = None
    dropped: tuple[Removal, ...] = ()

    def find(self, name: str) -> Entry | None:
        for field in self.fields:
            if field.name == name:
                return field
        return None

    @property
    def field_names(self) -> Names:
        return Names.of((field.name, field.was) for field in self.fields)
