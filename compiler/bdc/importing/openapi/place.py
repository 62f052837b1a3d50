"""A value of a document together with the path that leads to it."""

from collections.abc import Iterator
from typing import Any

from bdc.importing.draft import under
from bdc.source.records import dataclass

_CHAIN = 32


@dataclass(frozen=True, slots=True)
class Place:
    """`value` is anything: a document may hold a list where the standard wants a mapping."""

    path: str
    value: Any
    root: "dict[str, Any]"

    def __truediv__(self, key: str) -> "Place":
        """Return what stands under `key`; a place that holds None where nothing does."""
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return Place(f"{self.path}/{under(key)}" if self.path else under(key), found, self.root)

    def has(self, key: str) -> bool:
        return isinstance(self.value, dict) and key in self.value

    def members(self) -> Iterator[tuple[str, "Place"]]:
        """Yield the entries of a mapping."""
        if isinstance(self.value, dict):
            for key in self.value:
                yield key, self / key

    def items(self) -> Iterator["Place"]:
        """Yield the items of a list."""
        if isinstance(self.value, list):
            for number, each in enumerate(self.value):
                yield Place(f"{self.path}/{number}", each, self.root)

    def text(self, key: str) -> str | None:
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return found if isinstance(found, str) else None

    def flag(self, key: str) -> bool:
        return isinstance(self.value, dict) and self.value.get(key) is True

    def number(self, key: str) -> int | float | None:
        found = self.value.get(key) if isinstance(self.value, dict) else None
        return found if isinstance(found, int | float) and not isinstance(found, bool) else None

    def followed(self) -> "tuple[Place, tuple[str, ...]]":
        """Return what a chain of `$ref` leads to, and the paths of these; the last place before a reference that leads nowhere."""
        place, says = self, []
        for _ in range(_CHAIN):
            reference = place.text("$ref")
            target = place.at(reference) if reference is not None else None
            if target is None:
                break
            says += [f"{place.path}/$ref", target.path]
            place = target
        return place, tuple(says)

    def at(self, reference: str) -> "Place | None":
        """Return what a reference within the document leads to."""
        if not reference.startswith("#"):
            return None
        place = Place("", self.root, self.root)
        for name in filter(None, reference[1:].split("/")):
            key = _unquoted(name)
            if isinstance(place.value, list) and key.isdigit() and int(key) < len(place.value):
                place = Place(f"{place.path}/{key}", place.value[int(key)], self.root)
            elif place.has(key):
                place = place / key
            else:
                return None
        return place


def _unquoted(name: str) -> str:
    from urllib.parse import unquote

    return unquote(name).replace("~1", "/").replace("~0", "~")
