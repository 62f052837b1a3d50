"""The objects of a PostgreSQL database as plain data: what a specification makes, what a live catalog holds, what a migration starts from.

What comes in: statements (`assemble`) or rows of a catalog (read by the stack). What goes out: one `Database`, which compares,
serialises (JSON, hash) and can be made again as statements (`create`). Deliberately absent: the specification, connections, and the
way from one state to another (that is the plan's).

Texts inside (types, expressions, definitions) are compared as texts: two databases that are compared come from the same source,
both made from specifications or both read from one server.
"""

from bdc.catalog.assemble import assemble
from bdc.catalog.create import create
from bdc.catalog.differences import Difference, differences
from bdc.catalog.objects import (
    Comment,
    Database,
    Domain,
    EnumType,
    Extension,
    OtherObject,
    Routine,
    Schema,
    Sequence,
    View,
)
from bdc.catalog.shapes import (
    AnyShape,
    EnumShape,
    ListShape,
    MemberShape,
    RecursiveShape,
    ScalarShape,
    SealedShape,
    Shape,
    StructShape,
)
from bdc.catalog.state import dump, load, state_hash
from bdc.catalog.tables import (
    Check,
    Column,
    Exclusion,
    ForeignKey,
    Index,
    IndexKey,
    Key,
    Policy,
    Right,
    Table,
    Trigger,
)

__all__ = [
    "AnyShape",
    "Check",
    "Column",
    "Comment",
    "Database",
    "Difference",
    "Domain",
    "EnumShape",
    "EnumType",
    "Exclusion",
    "Extension",
    "ForeignKey",
    "Index",
    "IndexKey",
    "Key",
    "ListShape",
    "MemberShape",
    "OtherObject",
    "Policy",
    "RecursiveShape",
    "Right",
    "Routine",
    "ScalarShape",
    "Schema",
    "SealedShape",
    "Sequence",
    "Shape",
    "StructShape",
    "Table",
    "Trigger",
    "View",
    "assemble",
    "create",
    "differences",
    "dump",
    "load",
    "state_hash",
]
