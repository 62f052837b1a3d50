"""The pages of `bdc explain`: one file per code in `bdc_specs/diagnostics/`, named `E101-duplicate-entity.md`."""

from importlib.resources import files
from importlib.resources.abc import Traversable


def pages() -> dict[str, str]:
    """Return the title of every page by its code, in the order of the codes."""
    return {code: _title(entry) for code, entry in _entries().items()}


def page(code: str) -> str:
    """Return the text of a page; KeyError for a code without one."""
    return _entries()[code].read_text(encoding="utf-8")


def _entries() -> dict[str, Traversable]:
    found = [
        entry for entry in files("bdc_specs").joinpath("diagnostics").iterdir() if entry.name.endswith(".md")
    ]
    return {entry.name.split("-", 1)[0]: entry for entry in sorted(found, key=lambda entry: entry.name)}


def _title(entry: Traversable) -> str:
    first = entry.read_text(encoding="utf-8").split("\n", 1)[0]
    return first.partition(": ")[2]
