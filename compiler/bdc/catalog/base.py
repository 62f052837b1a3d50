"""What every object is."""

from pydantic import BaseModel, ConfigDict


class Object(BaseModel):
    """Frozen data that refuses unknown members, so that a reader of an older version fails loudly."""

    # built on first use: what is read from the cache is not validated again
    model_config = ConfigDict(frozen=True, extra="forbid", defer_build=True)
