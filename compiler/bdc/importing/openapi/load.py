"""Bytes of a document, JSON or YAML → plain data: mappings with texts for keys, lists, texts, numbers, truth values, null."""

import json
import math
import re
from typing import Any, ClassVar

import yaml

from bdc.importing.encoding import decoded, plain

_DEPTH = 120
_NODES = 3_000_000
_TOOLS = "convert it to OpenAPI 3 first, for example with `npx swagger2openapi FILE` or at https://editor.swagger.io"


class OpenApiError(Exception):
    """The text is no OpenAPI 3 document; the message says why."""


class _Loader(yaml.CSafeLoader if hasattr(yaml, "CSafeLoader") else yaml.SafeLoader):  # type: ignore[misc]
    """YAML 1.2 as OpenAPI wants it: `on` and `yes` are texts, and so are dates."""

    yaml_implicit_resolvers: ClassVar[dict[str, list[tuple[str, re.Pattern[str]]]]] = {}


for _tag, _pattern, _first in (
    ("bool", r"(?:true|True|TRUE|false|False|FALSE)\Z", "tTfF"),
    ("null", r"(?:~|null|Null|NULL|)\Z", "~nN\0"),
    ("int", r"[-+]?(?:0|[1-9][0-9]*)\Z", "-+0123456789"),
    ("float", r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?\Z", "-+.0123456789"),
    ("merge", r"<<\Z", "<"),
):
    _Loader.add_implicit_resolver(
        f"tag:yaml.org,2002:{_tag}", re.compile(_pattern), list(_first) + ([""] if _tag == "null" else [])
    )


def document(data: bytes) -> tuple[dict[str, Any], str | None]:
    """Return the document, and how it was read where that is a guess. Raises OpenApiError."""
    found, told = mapping(data)
    version = str(found.get("openapi", ""))
    if "swagger" in found and not version:
        raise OpenApiError(
            f"it is a Swagger {found['swagger']} document, and OpenAPI 3.0 or 3.1 is read: {_TOOLS}"
        )
    if re.match(r"3\.[012](?:\.|\Z)", version) is None:
        raise OpenApiError("no OpenAPI 3 document: it begins with `openapi: 3.0.…` or `openapi: 3.1.…`")
    return found, told


def mapping(data: bytes) -> tuple[dict[str, Any], str | None]:
    """Return the mapping that a file holds. Raises OpenApiError."""
    text, told = decoded(data)
    try:
        found = _Plain().of(_parsed(text), 0)
    except RecursionError as error:
        raise OpenApiError("it is nested too deeply") from error
    if not isinstance(found, dict):
        raise OpenApiError("neither a JSON object nor a YAML mapping")
    return found, told


def _parsed(text: str) -> object:
    if text.lstrip().startswith("{"):
        try:
            return json.loads(text)
        except ValueError:
            pass  # a YAML mapping may begin with a brace too
    try:
        return yaml.load(text, Loader=_Loader)
    except (yaml.YAMLError, ValueError, TypeError, RecursionError, AttributeError, LookupError) as error:
        raise OpenApiError(f"neither JSON nor YAML: {' '.join(str(error).split())}") from error


class _Plain:
    """Copies data that a parser made, and refuses what refers to itself or grows without end."""

    def __init__(self) -> None:
        self._nodes = 0

    def of(self, value: object, depth: int) -> Any:
        self._nodes += 1
        if depth > _DEPTH or self._nodes > _NODES:
            raise OpenApiError("it is nested too deeply" if depth > _DEPTH else "it is too large")
        match value:
            case dict():
                return {_key(key): self.of(each, depth + 1) for key, each in value.items()}
            case list() | tuple() | set():
                return [self.of(each, depth + 1) for each in value]
            case bool() | int() | None:
                return value
            case float():
                return value if math.isfinite(value) else str(value)
            case _:
                return plain(str(value))


def _key(key: object) -> str:
    return (
        {True: "true", False: "false", None: "null"}[key] if isinstance(key, bool | None) else plain(str(key))
    )
