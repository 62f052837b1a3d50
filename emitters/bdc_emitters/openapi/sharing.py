"""Say once what operations repeat: examples stand at their schema, equal answers are components, and the security of the document holds
where an operation has no other."""

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

import orjson

from bdc.output.document import to_json

Document = dict[str, Any]
_SCHEMAS = "#/components/schemas/"
_DIGITS = re.compile(r"\^(?:-\?)?\[0-9\]\{1,(\d+)\}(?:\(\?:\\\.\[0-9\]\{1,(\d+)\}\)\?)?\$")


def shared(document: Document) -> Document:
    """Return `document` with what it repeats said once. What it means stays the same. Parts of it belong to every document of this process:
    they are copied before anything changes."""
    document = orjson.loads(orjson.dumps(document))
    for kind in ("schemas", "responses"):  # An api may offer nothing yet.
        document["components"].setdefault(kind, {})
    for operation in _operations(document):
        if operation.get("security") == document["security"]:
            del operation["security"]
    _move_examples(document)
    _name_answers(document)
    _name_values(document)
    return document


def _operations(document: Document) -> Iterator[Document]:
    for item in document["paths"].values():
        yield from (found for method, found in item.items() if method != "parameters")


def _media(document: Document) -> Iterator[Document]:
    for operation in _operations(document):
        bodies = (operation.get("requestBody", {}), *operation["responses"].values())
        for body in bodies:
            yield from body.get("content", {}).values()


def _move_examples(document: Document) -> None:
    """An example that every use of a schema shows becomes the example of the schema; a page shows the example of its rows."""
    schemas = document["components"]["schemas"]
    shown: dict[str, list[Any]] = {}
    for media in _media(document):
        shown.setdefault(_named(media.get("schema", {})), []).append(media.get("example"))
    for name, examples in shown.items():
        repeated = len(examples) > 1 and all(example == examples[0] for example in examples)
        if name and repeated and examples[0] is not None:
            schemas[name]["examples"] = [examples[0]]
    for media in _media(document):
        schema = schemas.get(_named(media.get("schema", {})), {})
        rows = schemas.get(_named(schema.get("properties", {}).get("items", {}).get("items", {})), {})
        if "examples" in schema or media.get("example", {}) == _page(rows):
            media.pop("example", None)


def _named(schema: Any) -> str:
    """The component that a schema refers to; empty when it says what it is itself."""
    refers = isinstance(schema, dict) and list(schema) == ["$ref"]
    return str(schema["$ref"]).removeprefix(_SCHEMAS) if refers else ""


def _page(rows: Document) -> Document | None:
    return {"items": rows["examples"], "next_cursor": None} if "examples" in rows else None


def _name_answers(document: Document) -> None:
    responses = document["components"]["responses"]
    found = [
        (operation, status, answer)
        for operation in _operations(document)
        for status, answer in operation["responses"].items()
        if "$ref" not in answer
    ]
    uses = Counter(to_json(answer) for _, _, answer in found)
    names: dict[str, str] = {}
    for operation, status, answer in found:
        text = to_json(answer)
        if uses[text] > 1:
            name = names.setdefault(text, _free(_answer_name(answer), names.values(), responses))
            responses[name] = answer
            operation["responses"][status] = {"$ref": f"#/components/responses/{name}"}
    document["components"]["responses"] = dict(sorted(responses.items()))


def _answer_name(answer: Document) -> str:
    content: Document = next(iter(answer.get("content", {}).values()), {})
    return f"{_named(content.get('schema', {}))}Answer" if content else "NoContent"


def _name_values(document: Document) -> None:
    """A decimal number, as text or as a number, is a component where it is written more than once."""
    schemas = document["components"]["schemas"]
    places = [
        (schema["properties"], name)
        for _, schema in sorted(schemas.items())
        for name, member in schema.get("properties", {}).items()
        if isinstance(member, dict) and list(member) == ["anyOf"] and _decimal_name(member)
    ]
    uses = Counter(to_json(properties[name]) for properties, name in places)
    names: dict[str, str] = {}
    for properties, name in places:
        text = to_json(properties[name])
        if uses[text] > 1:
            title = _decimal_name(properties[name])
            known = names.setdefault(text, _free(title, names.values(), schemas))
            schemas[known] = properties[name]
            properties[name] = {"$ref": f"{_SCHEMAS}{known}"}
    document["components"]["schemas"] = dict(sorted(schemas.items()))


def _decimal_name(schema: Document) -> str:
    """`Decimal12_2` for numbers of twelve digits, two of them behind the point; empty for what is no such number."""
    found = _DIGITS.fullmatch(str(schema["anyOf"][0].get("pattern", "")))
    if found is None:
        return ""
    behind = int(found[2] or 0)
    return f"Decimal{int(found[1]) + behind}_{behind}"


def _free(name: str, taken: Any, others: Document) -> str:
    """The name, with a number where it is taken."""
    number = 1
    candidate = name
    while candidate in taken or candidate in others:
        number += 1
        candidate = f"{name}{number}"
    return candidate
