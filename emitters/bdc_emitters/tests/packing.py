"""The permission matrix in few words: what repeats is said once. `tests/support/unpacked.py` of the output is the way back.

Cells with the same verdicts share a line (`"anonymous, (no role)": "/ order_own_a order_own_b"`: what is allowed stands before the
slash, what is not behind it). Columns that all rows of an entity have alike stand with the entity, and the values that most of them have. A call leaves out what the
document says for all of them, and bodies name the members that are those of the new row. A call of which nothing else is to be said is a
text: `POST /v1/orders number status`, or a GraphQL document with ` | ` and its input.
"""

import json
import re
from collections import Counter
from collections.abc import Iterable
from typing import Any

Data = dict[str, Any]
NOTHING = "{}"
BASE = ("entity", "action", "caller", "row", "allowed")
# Members of an entity that are left out when they have these values.
EMPTY: Data = {"soft_delete": None, "becomes": {}, "list": None, "update_members": "", "graphql": {}}


def packed(document: Data) -> Data:
    """Return the document as it is written."""
    shared = _shared(document)
    entities = {
        name: _entity(document, facts, shared.get(name, {})) for name, facts in document["entities"].items()
    }
    cells, single = _cells(document["cells"])
    rows = list(_rows(document["rows"], shared))
    return {
        **document,
        "rows": rows,
        "entities": entities,
        "shared": shared,
        "cells": cells,
        "single": single,
    }


def _cells(cells: list[Data]) -> tuple[Data, list[Data]]:
    """Return entity → action → callers → verdicts, and the cells that need more words than that."""
    groups: dict[tuple[str, str], dict[str, list[Data]]] = {}
    single: list[Data] = []
    for cell in cells:
        plain = all(value is True for name, value in cell.items() if name not in BASE)
        if not plain or not _is_word(cell["row"]):
            single.append(cell)
        else:
            callers = groups.setdefault((cell["entity"], cell["action"]), {})
            callers.setdefault(cell["caller"], []).append(cell)
    found: Data = {}
    for (entity, action), callers in groups.items():
        by_text: dict[str, list[str]] = {}
        for caller, theirs in callers.items():
            by_text.setdefault(_verdicts(theirs), []).append(caller)
        found.setdefault(entity, {})[action] = {", ".join(names): text for text, names in by_text.items()}
    return found, single


def _verdicts(cells: list[Data]) -> str:
    """Return `allowed rows / refused rows`; what else is true of a cell is appended to its row by `:`."""
    words = {
        allowed: [
            ":".join([cell["row"], *(name for name in cell if name not in BASE)])
            for cell in cells
            if cell["allowed"] is allowed
        ]
        for allowed in (True, False)
    }
    return " ".join([*words[True], "/", *words[False]])


def _is_word(name: str) -> bool:
    """Say whether a name can stand in a list of rows: one of a state may hold anything."""
    return bool(name) and not any(character in name for character in " /:,") and name.split() == [name]


def _shared(document: Data) -> Data:
    """Return for each entity with rows its table, its key (column → member) and the columns that all of its rows have alike."""
    found: Data = {}
    for row in document["rows"]:
        known = found.setdefault(row["entity"], {"table": row["table"], "key": {}, "columns": None})
        alike = len(row["key"]) == len(row["path"])
        known["key"] = dict(zip(row["key"], row["path"] if alike else row["key"], strict=True))
        known["columns"] = _alike(known["columns"], row["columns"])
    for entity, known in found.items():
        for row in document["entities"].get(entity, {}).get("new", {}).values():
            known["columns"] = _alike(known["columns"], row)
    for entity, known in found.items():
        rows = [row["columns"] for row in document["rows"] if row["entity"] == entity]
        usual = _usual([_own(row, known["columns"]) for row in rows])
        known |= {"usual": usual} if usual else {}
    return found


def _usual(rows: list[Data]) -> Data:
    """Return the columns that all rows have, and more than one of them alike, with the value of most: the others say their own."""
    found: Data = {}
    for name in (name for name in rows[0] if all(name in row for row in rows)):
        ((text, count),) = Counter(json.dumps(row[name]) for row in rows).most_common(1)
        if count > 1:
            found[name] = json.loads(text)
    return found


def _alike(first: Data | None, second: Data) -> Data:
    if first is None:
        return second
    return {name: value for name, value in first.items() if name in second and _same(value, second[name])}


def _same(first: Any, second: Any) -> bool:
    return json.dumps(first) == json.dumps(second)


def _rows(rows: list[Data], shared: Data) -> Iterable[Data]:
    """Yield neighbouring rows of one entity and tenant together; a row is what it does not share, and `more` what is left."""
    group: Data = {}
    for row in rows:
        if (group.get("entity"), group.get("tenant")) != (row["entity"], row["tenant"]):
            if group:
                yield group
            group = {"entity": row["entity"], "tenant": row["tenant"], "rows": {}}
        known = shared[row["entity"]]
        group["rows"][row["name"]] = _own(row["columns"], {**known["columns"], **known.get("usual", {})})
        more: Data = {name: row[name] for name in ("sealed", "refers", "paths") if name in row}
        for part, names in (("key", known["key"]), ("path", known["key"].values())):
            derived = dict(zip(names, (row["columns"].get(column) for column in known["key"]), strict=True))
            more |= {} if _same(derived, row[part]) else {part: row[part]}
        if more:
            group.setdefault("more", {})[row["name"]] = more
    if group:
        yield group


def _own(columns: Data, shared: Data) -> Data:
    return {
        name: value for name, value in columns.items() if name not in shared or not _same(value, shared[name])
    }


def _entity(document: Data, facts: Data, shared: Data) -> Data:
    new: Data = next(iter(facts["new"].values()), {})
    left = {**facts, "update_members": " ".join(facts["update_members"])}
    left = {name: value for name, value in left.items() if name not in EMPTY or value != EMPTY[name]}
    common = shared.get("columns", {})
    left["new"] = {tenant: _own(row, common) for tenant, row in facts["new"].items()}
    left["rest"] = {action: _call(document, call, new) for action, call in facts["rest"].items()}
    if facts["graphql"]:
        left["graphql"] = {action: _call(document, call, new) for action, call in facts["graphql"].items()}
    if facts["list"] is not None:
        left["list"] = _call(document, facts["list"], new)
    return left


def _call(document: Data, call: Data, new: Data) -> Data | str:
    """Leave out the credential and the place of all calls, and name the members that are those of the new row."""
    usual = {"credential": document["credential"], "at": document["graphql"]}
    if "query" in call:
        usual |= {"keys": {}, "variables": {}}
    left = {name: value for name, value in call.items() if name not in usual or not _same(value, usual[name])}
    if "body" in left:
        left["body"] = _named(left["body"], new)
    if "input" in left.get("variables", {}):
        left["variables"] = {**left["variables"], "input": _named(left["variables"]["input"], new)}
    text = _in_words(left)
    return text if text and from_words(text) == left else left


def _in_words(call: Data) -> str:
    """Return a call as a text; '' where a text cannot say it."""
    if "query" in call:
        given = call.get("variables", {}).get("input")
        return call["query"] if given is None else f"{call['query']} | {given or NOTHING}"
    body = call.get("body")
    return " ".join([call["method"], call["path"], *([] if body is None else [str(body or NOTHING)])])


def from_words(text: str) -> Data:
    """Return the call that a text says, as `tests/support/unpacked.py` reads it."""
    if text.startswith(("query", "mutation")):
        query, _, words = text.partition(" | ")
        names = re.findall(r"\$(\w+):", query.partition("{")[0])
        found: Data = {"field": (re.findall(r"\{ (\w+)", query) or [""])[0], "query": query}
        keys = {name: name for name in names if name != "input"}
        found |= {"keys": keys} if keys else {}
        return found | ({"variables": {"input": _body_of(words)}} if words else {})
    method, path, *body = text.split(" ", 2)
    return {"method": method, "path": path, **({"body": _body_of(body[0])} if body else {})}


def _body_of(words: str) -> str | Data:
    return {} if words == NOTHING else words


def _named(body: Any, new: Data) -> Any:
    """Return the names of members that have the values of the new row (`beforeId=before_id`: another name); a body that holds
    anything else stays as it is, a text as the one member `=`."""
    if isinstance(body, str):
        return {"=": body}
    if not isinstance(body, dict):
        return body
    words: list[str] = []
    for name, value in body.items():
        found = [column for column in (name, _snake(name)) if column in new and _same(new[column], value)]
        if not found or not name or name.split() != [name] or "=" in name + found[0]:
            return body
        words.append(name if found[0] == name else f"{name}={found[0]}")
    return " ".join(words) if words else body


def _snake(name: str) -> str:
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
