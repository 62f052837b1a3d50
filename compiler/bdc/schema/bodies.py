"""Bodies of functions: SQL kept in files, where an editor and a linter see it."""

from functools import cache
from importlib.resources import files


@cache
def body(name: str) -> str:
    """Return `functions/<name>.sql`."""
    return files("bdc.schema").joinpath("functions", f"{name}.sql").read_text(encoding="utf-8")
