"""Types of fields, parameters and expressions."""

from collections.abc import Mapping
from decimal import Decimal
from enum import StrEnum
from typing import Annotated
from typing import Literal as Kind

from pydantic import Field

from bdc.ir.base import Node


class Scalar(StrEnum):
    """Every scalar of the language; each emitter maps each one in one table."""

    STRING = "string"
    TEXT = "text"
    INT = "int"
    BIGINT = "bigint"
    DECIMAL = "decimal"
    FLOAT = "float"
    BOOL = "bool"
    UUID = "uuid"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    DURATION = "duration"
    JSON = "json"
    BYTES = "bytes"


class ScalarType(Node):
    """A scalar with its constraints. `alias` is the name of the `type` it was declared by, `format` a JSON Schema format.

    Of every type, `db` is the type of its column where that is not the usual one (`varchar(80)`), as PostgreSQL spells it.
    """

    kind: Kind["scalar"] = "scalar"
    scalar: Scalar
    min_length: int | None = None
    max_length: int | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    precision: int | None = None
    scale: int | None = None
    pattern: str | None = None
    format: str | None = None
    alias: str | None = None
    db: str | None = None
    domain: str | None = None  # the domain that holds its bounds, by its name in the specification


class EnumType(Node):
    """`labelled`: some values are written otherwise than their names, as GraphQL could not (there it is a String)."""

    kind: Kind["enum"] = "enum"
    name: str
    labelled: bool = False
    db: str | None = None


class StructType(Node):
    kind: Kind["struct"] = "struct"
    name: str
    db: str | None = None


class EntityType(Node):
    """A whole row, named by its entity: event payloads, operation results, paths that end in a relation, `actor`."""

    kind: Kind["entity"] = "entity"
    name: str


class ArrayType(Node):
    """`db` names the whole column, `varchar(20)[]`."""

    kind: Kind["array"] = "array"
    item: "Type"
    db: str | None = None


Type = Annotated[ScalarType | EnumType | StructType | EntityType | ArrayType, Field(discriminator="kind")]


def renamed(type_: Type | None, names: Mapping[str, str]) -> Type | None:
    """Return a type with the entities that others stand for: `names`, from one to the other."""
    if isinstance(type_, ArrayType):
        return ArrayType(item=renamed(type_.item, names) or type_.item)
    if isinstance(type_, EntityType):
        return EntityType(name=names.get(type_.name, type_.name))
    return type_
