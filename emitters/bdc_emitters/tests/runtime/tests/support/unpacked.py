"""`security/matrix.json` as the tests work with it: every cell, row and call with all that is said for several of them at once."""

import re
from collections.abc import Iterator
from typing import Any

Data = dict[str, Any]
EMPTY: Data = {"soft_delete": None, "becomes": {}, "list": None, "update_members": "", "graphql": {}}


def unpacked(document: Data) -> Data:
    """Return the whole document."""
    shared: Data = document["shared"]
    found = {name: value for name, value in document.items() if name not in ("shared", "single")}
    found["rows"] = [row for group in document["rows"] for row in _rows(group, shared[group["entity"]])]
    found["cells"] = [*_cells(document["cells"]), *document["single"]]
    found["entities"] = {
        name: _entity(document, facts, shared.get(name, {})) for name, facts in document["entities"].items()
    }
    return found


def _cells(cells: Data) -> Iterator[Data]:
    for entity, actions in cells.items():
        for action, verdicts in actions.items():
            for callers, text in verdicts.items():
                for caller in callers.split(", "):
                    yield from _verdicts({"entity": entity, "action": action, "caller": caller}, text)


def _verdicts(place: Data, text: str) -> Iterator[Data]:
    allowed = True
    for word in text.split(" "):
        if word == "/":
            allowed = False
            continue
        row, *true = word.split(":")
        yield {**place, "row": row, "allowed": allowed, **dict.fromkeys(true, True)}


def _rows(group: Data, shared: Data) -> Iterator[Data]:
    for name, own in group["rows"].items():
        columns = {**shared["columns"], **shared.get("usual", {}), **own}
        key = {column: columns.get(column) for column in shared["key"]}
        path = {member: columns.get(column) for column, member in shared["key"].items()}
        row = {"name": name, "entity": group["entity"], "table": shared["table"], "tenant": group["tenant"]}
        more = group.get("more", {}).get(name, {})
        yield {**row, "key": key, "path": path, "columns": columns, **more}


def _entity(document: Data, facts: Data, shared: Data) -> Data:
    found = {**EMPTY, **facts}
    common = shared.get("columns", {})
    found["update_members"] = found["update_members"].split()
    found["new"] = {tenant: {**common, **own} for tenant, own in facts["new"].items()}
    new: Data = next(iter(found["new"].values()), {})
    found["rest"] = {action: _call(document, call, new) for action, call in facts["rest"].items()}
    found["graphql"] = {action: _call(document, call, new) for action, call in found["graphql"].items()}
    if found["list"] is not None:
        found["list"] = _call(document, found["list"], new)
    return found


def _call(document: Data, packed: Data | str, new: Data) -> Data:
    call = _from_words(packed) if isinstance(packed, str) else packed
    found = {"credential": document["credential"], **call}
    if "query" in call:
        found = {"at": document["graphql"], "keys": {}, "variables": {}, **found}
        if "input" in found["variables"]:
            found["variables"] = {**found["variables"], "input": _body(found["variables"]["input"], new)}
    if "body" in call:
        found["body"] = _body(call["body"], new)
    return found


def _from_words(text: str) -> Data:
    """Return a call that is written as a text: `POST /v1/orders number status`, or a document with ` | ` and its input."""
    if text.startswith(("query", "mutation")):
        query, _, words = text.partition(" | ")
        names = re.findall(r"\$(\w+):", query.partition("{")[0])
        found: Data = {"field": re.findall(r"\{ (\w+)", query)[0], "query": query}
        found["keys"] = {name: name for name in names if name != "input"}
        return found | ({"variables": {"input": {} if words == "{}" else words}} if words else {})
    method, path, *body = text.split(" ", 2)
    return {"method": method, "path": path, **({"body": {} if body[0] == "{}" else body[0]} if body else {})}


def _body(body: Any, new: Data) -> Any:
    """Return a body: members that are named are those of the new row, a text is the one member `=`."""
    if isinstance(body, dict) and list(body) == ["="]:
        return body["="]
    if not isinstance(body, str):
        return body
    words = (word.partition("=") for word in body.split(" "))
    return {name: new[column or name] for name, _, column in words}
