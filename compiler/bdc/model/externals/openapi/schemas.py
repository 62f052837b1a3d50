"""Schemas → types of the language. What the language cannot say of an answer is read as `json`, or left out."""

import re
from typing import Any

from bdc.naming.casing import pascal
from bdc.naming.language import NO_NAMES

_IDENTIFIER = re.compile(r"[A-Za-z][A-Za-z0-9_]*\Z")
_FORMATS = {"uuid": "uuid", "date": "date", "date-time": "timestamp", "byte": "bytes"}
_DEPTH = 40


class Unreadable(Exception):
    """Something that cannot be said in the language; the message says what."""


class Schemas:
    """The schemas of one document. `structs`: text of those that were needed, by name; `taken`: names that are declared elsewhere."""

    def __init__(self, document: dict[str, Any], prefix: str, taken: set[str]) -> None:
        self._document, self._prefix, self._taken = document, prefix, taken
        self._names: dict[int, str] = {}
        self._open: set[int] = set()
        self.structs: dict[str, str] = {}

    def resolved(self, value: Any, depth: int = 0) -> dict[str, Any]:
        """Follow references. Raises Unreadable."""
        if not isinstance(value, dict):
            return {}
        reference = value.get("$ref")
        if reference is None:
            return value
        if not isinstance(reference, str) or not reference.startswith("#/") or depth > _DEPTH:
            raise Unreadable(f"`{reference}` does not lead to a part of this file")
        found: Any = self._document
        for part in reference[2:].split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, dict) else None
        if found is None:
            raise Unreadable(f"`{reference}` is not there")
        return self.resolved(found, depth + 1)

    def type_of(self, written: Any, hint: str) -> tuple[str, bool]:
        """Return the type of a schema, and whether it may be null. `hint`: what a struct without a name is called after."""
        schema = self.resolved(written)
        nullable = schema.get("nullable") is True
        kinds = schema.get("type")
        if isinstance(kinds, list):
            nullable |= "null" in kinds
            rest = [kind for kind in kinds if kind != "null"]
            kinds = rest[0] if len(rest) == 1 else None
        for choice in ("oneOf", "anyOf"):
            options = [self.resolved(each) for each in schema.get(choice) or () if isinstance(each, dict)]
            real = [each for each in options if each.get("type") != "null"]
            if options and len(real) == 1:
                return self.type_of(real[0], hint)[0], True
            if options:
                return "json", nullable
        return self._plain(written, schema, kinds, hint), nullable

    def _plain(self, written: Any, schema: dict[str, Any], kind: Any, hint: str) -> str:
        if kind == "object" or "properties" in schema or "allOf" in schema:
            return self._struct(written, schema, hint)
        match kind:
            case "string":
                return _string(schema)
            case "integer":
                return "int" if schema.get("format") == "int32" else "bigint"
            case "number":
                return "float"
            case "boolean":
                return "bool"
            case "array":
                item, nullable = self.type_of(schema.get("items") or {}, hint)
                return "json" if nullable or item.endswith("[]") or item == "json" else f"{item}[]"
        return "json"

    def members(self, schema: dict[str, Any], depth: int = 0) -> tuple[dict[str, Any], set[str]]:
        """Return the properties of an object and those that are required, of all its parts."""
        properties: dict[str, Any] = {}
        required = {name for name in schema.get("required") or () if isinstance(name, str)}
        for part in schema.get("allOf") or ():
            if depth < _DEPTH:
                more, needed = self.members(self.resolved(part), depth + 1)
                properties |= more
                required |= needed
        own = schema.get("properties")
        return properties | (own if isinstance(own, dict) else {}), required

    def _struct(self, written: Any, schema: dict[str, Any], hint: str) -> str:
        properties, required = self.members(schema)
        if not any(is_name(name) for name in properties) or id(schema) in self._open:
            return "json"
        known = self._names.get(id(schema))
        if known is not None:
            return known
        reference = written.get("$ref", "") if isinstance(written, dict) else ""
        name = self._names[id(schema)] = self._free(reference.rpartition("/")[2] or hint)
        self._open.add(id(schema))
        lines = [
            self._member(name, *each, each[0] in required) for each in properties.items() if is_name(each[0])
        ]
        self._open.discard(id(schema))
        self.structs[name] = f"struct {name} {{\n" + "".join(f"  {line}\n" for line in lines) + "}\n"
        return name

    def _member(self, owner: str, name: str, schema: Any, required: bool) -> str:
        type_, nullable = self.type_of(schema, f"{owner}_{name}")
        return f"{name}: {type_}{'' if required and not nullable else '?'}"

    def _free(self, wanted: str) -> str:
        base = pascal(re.sub(r"[^A-Za-z0-9]+", "_", wanted)) or "Value"
        name = base if base.startswith(self._prefix) else f"{self._prefix}{base}"
        while name in self._taken:
            name += "_"
        self._taken.add(name)
        return name


def is_name(name: Any) -> bool:
    """Whether a member can be called so in the language."""
    return isinstance(name, str) and _IDENTIFIER.match(name) is not None and name not in NO_NAMES


def _string(schema: dict[str, Any]) -> str:
    known = _FORMATS.get(str(schema.get("format")))
    if known is not None:
        return known
    least, most = schema.get("minLength", 0), schema.get("maxLength")
    if isinstance(most, int) and isinstance(least, int) and 0 <= least <= most and 0 < most <= 10_485_760:
        return f"string({least}..{most})"
    return "text"
