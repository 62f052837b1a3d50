"""What is gone on purpose: resolved."""

from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Removal:
    """`dropped name`. `kind`: field, member (of a struct), value, entity, enum, view, sql. `physical` is its name in the database and
    `schema` where it stood, if that was written; `embedded`: `@embed` was written; `replacement` the value that rows get instead of a value that is gone."""

    kind: str
    name: str
    span: Span
    embedded: bool = False
    discard: bool = False
    physical: str | None = None
    schema: str | None = None
    replacement: str | None = None
