"""Requests of the load profile in few words; `tests/performance/profile.py` of the output is the way back.

A request is a text where a text can say all of it: `reads GET /v1/orders/{id} of=Order`, and behind ` | ` the GraphQL document that it sends.
Otherwise it is an object: that text as `call`, and what is left. A member that calls fill anew is one word or two: the row that it names
(`"customer_id": "Customer.id"`), or how it varies (`"number": "text 20"`).
"""

from typing import Any

Data = dict[str, Any]
# What a text says by words of the form `name=value`.
NAMED = ("of", "makes", "one", "state")
_BASE = ("name", "part", "method", "path")
_VARIES = {"text": ("most",), "shape": ("most",), "number": ("least", "most"), "uuid": ()}


def packed_requests(requests: list[Data]) -> Data:
    """Return name of the request → the request in few words, in the same order."""
    return {request["name"]: _packed(request) for request in requests}


def _packed(request: Data) -> Data | str:
    words = [request["part"], request["method"], request["path"]]
    said = {name for name in NAMED if _is_word(request.get(name))}
    words += [f"{name}={request[name]}" for name in NAMED if name in said]
    if request.get("takes") is True:
        said.add("takes")
        words.append("takes")
    variables = request.get("variables")
    if variables and all(_is_word(each) for pair in variables.items() for each in pair):
        said.add("variables")
        words += [f"${name}={member}" for name, member in variables.items()]
    text = " ".join(words)
    body = request.get("body")
    if isinstance(body, dict) and list(body) == ["query"] and isinstance(body["query"], str):
        said.add("body")
        text = f"{text} | {body['query']}"
    left = {name: value for name, value in request.items() if name not in (*_BASE, *said)}
    if "holes" in left:
        left["holes"] = {".".join(map(str, hole["at"])): _hole(hole) for hole in left["holes"]}
    return {"call": text, **left} if left else text


def _is_word(value: object) -> bool:
    return isinstance(value, str) and bool(value) and value.split() == [value] and "=" not in value


def _hole(hole: Data) -> str:
    if "of" in hole:
        return f"{hole['of']}.{hole['member']}"
    how: str = hole["vary"]
    numbers = [str(hole[name]) for name in _VARIES[how] if hole[name] is not None]
    return " ".join([how, *numbers])
