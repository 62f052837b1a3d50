"""What every object is."""

from pydantic import BaseModel, ConfigDict


class Object(BaseModel):
    """Frozen data that refuses unknown members, so that a reader of an older version fails loudly."""

    model_config = ConfigDict(frozen=True, extra="forbid")
