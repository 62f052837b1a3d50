"""References to other files → one document."""

from pathlib import Path
from typing import Any
from urllib.parse import unquote

from bdc.importing.openapi.load import OpenApiError, mapping

_SCHEMA_KEYS = frozenset(
    [
        "schema",
        "items",
        "additionalProperties",
        "not",
        "allOf",
        "oneOf",
        "anyOf",
        "properties",
        "schemas",
        "$defs",
        "patternProperties",
    ]
)
_FILES = 500


class Bundle:
    """Takes what other files say into the document: schemas under `components/schemas`, everything else in its place."""

    def __init__(self, document: dict[str, Any], source: Path) -> None:
        self._document = document
        self._base = source.parent.resolve()
        self._files: dict[Path, dict[str, Any]] = {source.resolve(): document}
        self._names: dict[tuple[Path, str], str] = {}
        self._main = source.resolve()
        self.missing: list[str] = []

    def run(self) -> None:
        """Rewrite the document in its place. Raises OpenApiError when a file cannot be read as JSON or YAML."""
        self._walk(self._document, self._main, False, 0)

    def _walk(self, value: Any, file: Path, in_schema: bool, depth: int) -> None:
        if depth > 200:
            raise OpenApiError("its files refer to each other without end")
        if isinstance(value, list):
            for each in value:
                self._walk(each, file, in_schema, depth + 1)
        elif isinstance(value, dict):
            reference = value.get("$ref")
            if isinstance(reference, str) and (not reference.startswith("#") or file != self._main):
                self._refer(value, reference, file, in_schema, depth)
            for key, each in list(value.items()):
                self._walk(each, file, in_schema or key in _SCHEMA_KEYS, depth + 1)

    def _refer(self, value: dict[str, Any], reference: str, file: Path, in_schema: bool, depth: int) -> None:
        place, _, fragment = reference.partition("#")
        target = file if not place else self._path(file, place)
        if target is None:
            self.missing.append(reference)
            return
        if target == self._main:
            value["$ref"] = f"#{fragment}"
            return
        found = self._within(self._load(target), fragment)
        if found is None:
            self.missing.append(reference)
        elif in_schema:
            value["$ref"] = f"#/components/schemas/{self._schema(target, fragment, found, depth)}"
        else:
            self._inline(value, target, found, depth)

    def _inline(self, value: dict[str, Any], target: Path, found: Any, depth: int) -> None:
        if not isinstance(found, dict):
            return
        import copy

        own = copy.deepcopy(found)
        self._walk(own, target, False, depth + 1)
        del value["$ref"]
        for key, each in own.items():
            value.setdefault(key, each)

    def _schema(self, file: Path, fragment: str, found: Any, depth: int) -> str:
        key = (file, fragment)
        if key not in self._names:
            components = self._document.setdefault("components", {})
            if not isinstance(components, dict) or not isinstance(components.setdefault("schemas", {}), dict):
                raise OpenApiError("`components/schemas` is no mapping")
            schemas = components["schemas"]
            wanted = fragment.rpartition("/")[2] or file.stem.partition(".")[0]
            name, number = wanted, 2
            while name in schemas and schemas[name] is not found and not _stands_for(schemas[name]):
                name, number = f"{wanted}{number}", number + 1
            self._names[key] = name
            schemas[name] = found
            self._walk(found, file, True, depth + 1)
        return self._names[key]

    def _path(self, file: Path, place: str) -> Path | None:
        """Return the file; None for an address, and for what lies above the folder of the document and its neighbours."""
        if "://" in place or len(self._files) > _FILES:
            return None
        try:
            found = (file.parent / unquote(place)).resolve()
            return found if found.is_file() else None
        except (OSError, ValueError):
            return None

    def _load(self, file: Path) -> dict[str, Any]:
        if file not in self._files:
            try:
                self._files[file], _ = mapping(file.read_bytes())
            except (OSError, OpenApiError) as error:
                raise OpenApiError(f"`{file.name}`, to which it refers: {error}") from error
        return self._files[file]

    def _within(self, document: dict[str, Any], fragment: str) -> Any:
        found: Any = document
        for name in filter(None, unquote(fragment).split("/")):
            found = found.get(name.replace("~1", "/").replace("~0", "~")) if isinstance(found, dict) else None
        return found


def _stands_for(schema: Any) -> bool:
    """Whether a schema of the document is only a reference to the file that is being read."""
    return isinstance(schema, dict) and set(schema) == {"$ref"}
