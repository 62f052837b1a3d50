"""What every model is."""

from pydantic import BaseModel, ConfigDict


class Value(BaseModel):
    """A struct: plain frozen data that accepts exactly its members."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Row(BaseModel):
    """A row of a table, by column. Columns that a newer release added are ignored."""

    model_config = ConfigDict(frozen=True, extra="ignore", populate_by_name=True)
