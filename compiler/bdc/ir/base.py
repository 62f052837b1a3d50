"""What every IR node is."""

from pydantic import BaseModel, ConfigDict

IR_VERSION = 1


class Node(BaseModel):
    """Frozen data that refuses unknown members, so that a reader of an older version fails loudly."""

    # built on first use: what is read from the cache is not validated again
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)


class Origin(Node):
    """Where a node was written: display path, line and column from 1."""

    file: str
    line: int
    column: int
