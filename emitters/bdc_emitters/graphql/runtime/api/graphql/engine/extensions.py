"""What a user adds to the schema. Apart, because it is read at every start, and Strawberry is not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True)
class Extensions:
    """`query`, `mutation`: classes made with `@strawberry.type`, whose fields join the roots. `fields`: generated type → fields to
    add to it. `types`: other types to keep in the schema."""

    query: Sequence[type] = ()
    mutation: Sequence[type] = ()
    fields: Mapping[type, Sequence[Any]] = field(default_factory=dict)
    types: Sequence[type] = ()
