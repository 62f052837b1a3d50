"""Documents that clients were built with: the files of `documents` in the folder of the schema, known by what they hash to.

A `.graphql` file is one document, named by its SHA-256; a `.json` file maps names to documents, as client generators write it. A request
names a document by `documentId` (`sha256:…` or such a name) or by the hash in `extensions.persistedQuery`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

import orjson

from api.graphql.engine.settings import Settings

ROOT = Path(__file__).parents[3]
FOLDER = ROOT / "api/graphql/documents"
PREFIX = "sha256:"


class Persisted:
    """The documents of a folder. ValueError for a file that is no map of documents."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self._known: dict[str, str] = {}
        for path in sorted(folder.rglob("*")):
            if path.suffix == ".graphql":
                self._know(path.read_text(encoding="utf-8"))
            elif path.suffix == ".json":
                for name, text in _documents(path):
                    self._know(text)
                    self._known[name] = text

    def __len__(self) -> int:
        return len(self._known)

    def __iter__(self) -> Iterator[str]:
        return iter(dict.fromkeys(self._known.values()))

    def find(self, request: Mapping[str, Any], *, only: bool) -> str | None:
        """Return the document that a request names or brings; None for one that is not known, and with `only` for any other than those
        of the folder."""
        text = request.get("query")
        named = _named(request)
        if type(text) is str and text:
            if named is not None and named.startswith(PREFIX) and named != _hash(text):
                return None
            return text if not only or _hash(text) in self._known else None
        return self._known.get(named) if named is not None else None

    def _know(self, text: str) -> None:
        for form in (text, text.strip()):
            self._known[_hash(form)] = text


def of(settings: Settings) -> Persisted:
    """Return the documents of one schema."""
    return Persisted(ROOT.joinpath(*settings.package.split("."), "documents"))


def _documents(path: Path) -> Iterator[tuple[str, str]]:
    found = orjson.loads(path.read_bytes())
    if type(found) is not dict or any(type(text) is not str for text in found.values()):
        raise ValueError(f"{path.name} is no map of documents")
    yield from found.items()


def _hash(text: str) -> str:
    return PREFIX + sha256(text.encode("utf-8", "replace")).hexdigest()


def _named(request: Mapping[str, Any]) -> str | None:
    """Return the name of the document of a request; hashes begin with what they are."""
    named = request.get("documentId")
    if type(named) is str:
        return named
    extensions = request.get("extensions")
    persisted = extensions.get("persistedQuery") if type(extensions) is dict else None
    digest = persisted.get("sha256Hash") if type(persisted) is dict else None
    return PREFIX + digest.lower() if type(digest) is str else None
