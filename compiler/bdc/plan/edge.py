"""The edge from one state to another, as `edge.json` holds it."""

import json
from collections.abc import Iterable, Mapping
from hashlib import sha256
from typing import Any

from bdc.catalog import Database, state_hash
from bdc.plan.operation import Operation, Planned
from bdc.source.records import dataclass

FORMAT = 2


@dataclass(frozen=True, slots=True)
class Edge:
    """`role` and `search_path`: what the runner sets for the whole edge, so that all that is made belongs to the owner."""

    source: str | None
    target: str
    operations: tuple[Operation, ...]
    role: str | None = None
    search_path: str | None = None


def edge_of(
    old: Database,
    new: Database,
    planned: Planned,
    *,
    role: str | None = None,
    search_path: str | None = None,
) -> Edge:
    """Return the edge that `planned` walks from `old` to `new`. ValueError when the plan is a refusal."""
    if planned.refusals:
        raise ValueError("a refused plan is no edge")
    return Edge(state_hash(old), state_hash(new), planned.operations, role, search_path)


def edge_json(edge: Edge, files: Mapping[str, str | bytes]) -> str:
    """Return `edge.json`; `files` are the contents of the files beside it, by name. Neither clock nor version: the same specifications
    give the same bytes."""
    content: dict[str, Any] = {
        "format": FORMAT,
        "from": edge.source,
        "to": edge.target,
        "role": edge.role,
        "search_path": edge.search_path,
        "operations": [_operation(each) for each in edge.operations],
        "files": {name: digest(text) for name, text in sorted(files.items())},
    }
    content["checksum"] = digest(json.dumps(content, sort_keys=True, ensure_ascii=False))
    return json.dumps(content, indent=2, ensure_ascii=False) + "\n"


def read_edge(text: str) -> Edge:
    """Return the edge that an `edge.json` of format 2 holds. ValueError as `operations_of`."""
    operations, content = operations_of(text), json.loads(text)
    return Edge(content["from"], content["to"], operations, content["role"], content["search_path"])


def operations_of(text: str) -> tuple[Operation, ...]:
    """Return the operations that an `edge.json` of format 2 holds. ValueError for another format, or when one was edited."""
    content = json.loads(text)
    if content.get("format") != FORMAT:
        raise ValueError(f"format {content.get('format')} of edge.json is not known")
    return tuple(_read(each) for each in content["operations"])


def _operation(operation: Operation) -> dict[str, Any]:
    return {**operation.model_dump(mode="json"), "checksum": operation.checksum}


def _read(content: Mapping[str, Any]) -> Operation:
    operation = Operation.model_validate({name: content[name] for name in content if name != "checksum"})
    if operation.checksum != content["checksum"]:
        raise ValueError(f"operation {operation.id} was edited")
    return operation


def digest(content: str | bytes) -> str:
    """Return the SHA-256 of a text or of bytes."""
    return sha256(content.encode() if isinstance(content, str) else content).hexdigest()


def undo_statements(operations: Iterable[Operation]) -> Iterable[tuple[Operation, tuple[str, ...]]]:
    """Yield each operation, last first, with what takes it back; nothing where nothing has to be."""
    for operation in reversed(tuple(operations)):
        if operation.undo:
            yield operation, operation.undo
