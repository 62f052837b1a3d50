"""The trail as lines of JSON, each with its proof; and the check of such a file, which needs no database.

The first line has the head. A line with `seal` is followed by the rows of that seal: `text` is what is hashed, `path` leads to the root of the
seal, as the path of the seal leads to the head.
"""

import json
from collections.abc import AsyncIterator, Iterable, Iterator
from typing import Any

from database.audit.reading import Connection, Seal, rows, seals
from database.audit.tree import leaf, path, root, root_of_path

_MEMBERS = (
    "id", "at", "actor", "roles", "operation", "request_id", "db_role", "action", "table_name", "tenant", "key", "old", "new",
)  # fmt: skip
Line = dict[str, Any]


async def exported(connection: Connection, first: int = 1, last: int | None = None) -> AsyncIterator[Line]:
    """Yield the lines for the seals from `first` to `last` (all that there are)."""
    known = [seal async for seal in seals(connection)]
    leaves = [leaf(seal.text) for seal in known]
    yield {"head": {"size": len(leaves), "root": root(leaves).hex()}}
    for index, seal in enumerate(known):
        if seal.number >= first and (last is None or seal.number <= last):
            told = {"number": seal.number, "text": seal.text, "path": _hex(path(leaves, index))}
            yield {"seal": told | ({"pruned": True} if seal.pruned_at is not None else {})}
            for line in await _entries(connection, seal):
                yield line


async def _entries(connection: Connection, seal: Seal) -> list[Line]:
    there = await rows(connection, seal.first, seal.last) if seal.ids else {}
    found = []
    for index, id in enumerate(seal.ids):
        text = there.get(id)
        entry = {
            "row": id,
            "seal_number": seal.number,
            "index": index,
            "path": _hex(path(seal.hashes, index)),
        }
        found.append(
            entry
            | ({"text": text, "entry": dict(zip(_MEMBERS, json.loads(text), strict=True))} if text else {})
        )
    return found


def check(lines: Iterable[str]) -> Iterator[str]:
    """Yield what is wrong with a file that was written out."""
    size, head, seal = 0, "", ("", 0)
    for number, line in enumerate(lines, 1):
        found = json.loads(line)
        if "head" in found:
            size, head = found["head"]["size"], found["head"]["root"]
        elif "seal" in found:
            told = found["seal"]
            data = json.loads(told["text"])
            seal = (data[4], data[3])
            if _leads_to(told["text"], told["number"] - 1, size, told["path"]) != head:
                yield f"line {number}: seal {told['number']} does not lead to the head"
        elif "text" not in found:
            yield f"line {number}: row {found['row']} is missing"
        elif _leads_to(found["text"], found["index"], seal[1], found["path"]) != seal[0]:
            yield f"line {number}: row {found['row']} does not lead to the root of its seal"
        elif json.loads(found["text"]) != [found["entry"][name] for name in _MEMBERS]:
            yield f"line {number}: `entry` of row {found['row']} is not what its `text` says"


def _leads_to(text: str, index: int, size: int, proof: list[str]) -> str:
    try:
        return root_of_path(leaf(text), index, size, [bytes.fromhex(each) for each in proof]).hex()
    except ValueError:
        return ""


def _hex(hashes: list[bytes]) -> list[str]:
    return [each.hex() for each in hashes]
