"""What operations repeat is said once, and means the same."""

import json
from typing import Any

from bdc.output.document import to_folded_json, to_json
from bdc_emitters.openapi.sharing import shared

ROW = {"$ref": "#/components/schemas/Row"}
NUMBER = {
    "anyOf": [
        {"type": "string", "pattern": r"^[0-9]{1,10}(?:\.[0-9]{1,2})?$", "maxLength": 64},
        {"type": "number", "minimum": 0},
    ]
}


def answer(text: str) -> dict[str, Any]:
    return {"description": text, "content": {"application/json": {"schema": ROW, "example": {"price": "1"}}}}


def document() -> dict[str, Any]:
    first = {
        "security": [{"a": []}],
        "responses": {"200": answer("The row."), "204": {"description": "Gone."}},
    }
    second = {"security": [], "responses": {"200": answer("The row."), "204": {"description": "Gone."}}}
    schema = {"type": "object", "properties": {"price": dict(NUMBER), "cost": dict(NUMBER)}}
    return {
        "security": [{"a": []}],
        "paths": {"/a": {"get": first}, "/b": {"get": second}},
        "components": {"schemas": {"Row": schema, "RowAnswer": {"type": "string"}}, "responses": {}},
    }


def test_each_is_named_once() -> None:
    found = shared(document())
    first, second = found["paths"]["/a"]["get"], found["paths"]["/b"]["get"]
    assert "security" not in first and second["security"] == []
    refers = {status: {"$ref": f"#/components/responses/{name}"} for status, name in NAMES.items()}
    assert first["responses"] == second["responses"] == refers
    assert set(found["components"]["responses"]) == set(NAMES.values())
    row = found["components"]["schemas"]["Row"]
    assert row["examples"] == [{"price": "1"}]
    assert row["properties"]["price"] == {"$ref": "#/components/schemas/Decimal12_2"}
    assert found["components"]["schemas"]["Decimal12_2"] == NUMBER


NAMES = {"200": "RowAnswer", "204": "NoContent"}


def test_examples_that_differ_stay() -> None:
    given = document()
    media = given["paths"]["/b"]["get"]["responses"]["200"]["content"]["application/json"]
    media["example"] = {"price": "2"}
    found = shared(given)
    assert "examples" not in found["components"]["schemas"]["Row"]
    assert media["example"] == {"price": "2"}
    assert set(found["components"]["responses"]) == {"NoContent"}


def test_lines_are_folded_and_the_data_stays() -> None:

    data = {"a": {"b": [1, "x ] y", "z\n"]}, "empty": {}, "long": ["word" * 30, "word"], "c": {"d": "e"}}
    text = to_folded_json(data)
    assert json.loads(text) == data == json.loads(to_json(data))
    assert '{"d": "e"}' in text and len(text.splitlines()) < len(to_json(data).splitlines())


def test_a_document_may_offer_nothing() -> None:
    empty = {"security": [], "paths": {}, "components": {"securitySchemes": {}}}
    assert shared(empty)["components"] == {"securitySchemes": {}, "schemas": {}, "responses": {}}
