"""Edges of format 2 written by hand: what the runner reads, without a planner."""

import json
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path
from typing import Any

FILES = {"expand": "01_expand.sql", "backfill": "02_backfill.sql", "contract": "03_contract.sql"}


def operation(name: str, *statements: str, **members: Any) -> dict[str, Any]:
    """Return an operation: of the expand phase, in a transaction of its own, unless `members` say otherwise."""
    phase = members.get("phase", "expand")
    found: dict[str, Any] = {
        "id": name, "title": name, "phase": phase, "group": abs(hash(name)) % 1000, "transaction": "shared",
        "statements": list(statements), "file": FILES[phase], "locks": {}, "scans": {}, "lock_timeout": 200,
        "statement_timeout": 0, "done": None, "ready": None, "cleanup": [], "checks": [], "batch": None, "undo": [],
        "irreversible": None, "hazards": [],
    }  # fmt: skip
    return found | members


def index(name: str, table: str, columns: str, **members: Any) -> dict[str, Any]:
    """Return the operation that builds an index beside others' work."""
    valid = (
        f"select coalesce((select indisvalid from pg_index where indexrelid = to_regclass('{name}')), false)"
    )
    return operation(
        f"index-{name}",
        f"create index concurrently {name} on {table} ({columns})",
        **{
            "transaction": "none",
            "lock_timeout": 0,
            "done": valid,
            "ready": f"select to_regclass('{name}') is null",
            "cleanup": [f"drop index concurrently if exists {name}"],
            "undo": [f"drop index concurrently {name}"],
        }
        | members,
    )


def backfill(
    name: str, table: str, key: Sequence[tuple[str, str]], changes: Mapping[str, str], where: str
) -> dict[str, Any]:
    """Return the operation that changes rows in batches."""
    batch = {
        "table": table,
        "key": [column for column, _ in key],
        "key_types": [kind for _, kind in key],
        "set": dict(changes),
        "where": where,
        "proof": f"select not exists (select from {table} where {where})",
    }
    return operation(name, phase="backfill", transaction="batches", batch=batch)


def write_edge(
    migrations: Path, name: str, source: str | None, operations: Sequence[dict[str, Any]], **members: Any
) -> str:
    """Write the folder of an edge that leads from `source` to a state called like it, and return that state."""
    folder = migrations / name
    folder.mkdir(parents=True, exist_ok=True)
    texts = {
        file: "".join(f"{sql};\n" for one in operations if one["phase"] == phase for sql in one["statements"])
        for phase, file in FILES.items()
    }
    for file, text in texts.items():
        (folder / file).write_text(text, encoding="utf-8")
    edge: dict[str, Any] = {
        "format": 2,
        "from": source,
        "to": f"state-{name}",
        "role": None,
        "search_path": None,
        "operations": [_sealed(one) for one in operations],
        "files": {file: sha256(text.encode()).hexdigest() for file, text in texts.items()},
    } | members
    text = json.dumps(edge, sort_keys=True, ensure_ascii=False)
    edge["checksum"] = sha256(text.encode()).hexdigest()
    (folder / "edge.json").write_text(json.dumps(edge, indent=2, ensure_ascii=False), encoding="utf-8")
    return str(edge["to"])


def _sealed(one: dict[str, Any]) -> dict[str, Any]:
    runs = {name: value for name, value in one.items() if name != "hazards"}
    text = json.dumps(runs, separators=(",", ":"), ensure_ascii=False)
    return one | {"checksum": sha256(text.encode()).hexdigest()}
