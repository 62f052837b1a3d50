"""`profile.json` as the load test works with it: every request with all that its few words say.

A request is a text, or an object with that text as `call`: `reads GET /v1/orders/{id} of=Order`, and behind ` | ` a GraphQL document. What
a call fills anew stands in `holes`: the row that a member names (`Customer.id`), or how it varies (`text 20`, `number 0 9`, `uuid`).
"""

import json
from pathlib import Path
from typing import Any

Data = dict[str, Any]
NUMBERS = {"text": ("most",), "shape": ("most",), "number": ("least", "most"), "uuid": ()}


def read_profile() -> Data:
    """Return the whole profile: its rate, its promises, its lists, and its requests."""
    document: Data = json.loads((Path(__file__).parent / "profile.json").read_text(encoding="utf-8"))
    return {**document, "requests": [request(*each) for each in document["requests"].items()]}


def request(name: str, packed: Data | str) -> Data:
    """Return one request: name, part, method and path, and what else is true of it."""
    more: Data = {"call": packed} if isinstance(packed, str) else dict(packed)
    call, _, query = more.pop("call").partition(" | ")
    part, method, path, *words = call.split(" ")
    found: Data = {"name": name, "part": part, "method": method, "path": path}
    for word in words:
        key, _, value = word.partition("=")
        if key.startswith("$"):
            found.setdefault("variables", {})[key[1:]] = value
        else:
            found[key] = value or True
    if query:
        found["body"] = {"query": query}
    if "holes" in more:
        more["holes"] = [hole(*each) for each in more["holes"].items()]
    return found | more


def hole(at: str, text: str) -> Data:
    """Return where in the body a member stands, and what it is filled with."""
    found: Data = {"at": [int(step) if step.isdecimal() else step for step in at.split(".")]}
    entity, dot, member = text.partition(".")
    if dot:
        return {**found, "of": entity, "member": member}
    how, *numbers = text.split(" ")
    given = dict.fromkeys(NUMBERS[how]) | dict(zip(NUMBERS[how], map(int, numbers), strict=False))
    return {**found, "vary": how, **given}
