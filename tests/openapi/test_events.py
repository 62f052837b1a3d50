"""The AsyncAPI document of every system with events is valid by the official schema, and closed under its references."""

import gzip
import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator, Draft202012Validator

from bdc.diagnostics import DiagnosticSink
from bdc.output import EmitContext
from bdc.pipeline import compile_system
from bdc.project import load_project
from bdc_emitters.openapi import EMITTER, EVENTS_PATH
from tests.openapi.small import small
from tests.support.specs import ROOT, compile_text

# 3.0.0-without-$id.json of @asyncapi/specs (Apache-2.0), as published.
SCHEMA = Path(__file__).parent / "asyncapi-3.0.0.schema.json.gz"
SYSTEMS = ("counter", "exchange", "keywords", "meter", "notices", "payroll", "relay", "values", "vault")
TEXT = """
enum Level { low, high }
struct Place { city: string(1..9) }
entity Case {
  id: uuid = uuid7() @id
  level: Level?
  place: Place
  title: string(1..40)
  pin: string(4..4) @encrypted
}
entity RaisedEvent { id: uuid = uuid7() @id }
event Raised on Case @version(3) { case: Case  title: string(1..9)  level: Level  by: int(0..9) }
identity Case {
  bearer jwt { issuer: env("A")  audience: "x"  jwks: env("B") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}
role clerk
policy Case { allow read, raise to clerk  field pin { read to clerk } }
api Cases v1 {
  auth bearer
  resource Case { ops get  op raise(by: int(0..9)) -> Case { emits Raised  set { title: "x" } } }
}
"""


def document(system: Any) -> dict[str, Any]:
    files = {file.path: file.content for file in EMITTER.emit(system, EmitContext(system))}
    made: dict[str, Any] = json.loads(files[EVENTS_PATH])
    return made


@pytest.fixture(scope="module")
def official() -> Draft7Validator:
    return Draft7Validator(json.loads(gzip.decompress(SCHEMA.read_bytes())))


def references(part: object) -> set[str]:
    if isinstance(part, list):
        return {found for each in part for found in references(each)}
    if not isinstance(part, dict):
        return set()
    own = {part["$ref"]} if "$ref" in part else set()
    return own | {found for each in part.values() for found in references(each)}


@pytest.mark.parametrize("name", SYSTEMS)
def test_the_official_schema_accepts_it(name: str, official: Draft7Validator) -> None:
    files = load_project(ROOT / "tests" / "systems" / name, DiagnosticSink()).files
    made = document(compile_system(files).system)
    assert [error.message for error in official.iter_errors(made)] == []
    for target in references(made):
        part: Any = made
        for step in target.removeprefix("#/").split("/"):
            part = part[step]


def test_the_schema_can_refuse(official: Draft7Validator) -> None:
    made = document(compile_text(TEXT).system)
    del made["operations"]["sendRaised"]["channel"]
    assert list(official.iter_errors(made))


def test_a_payload_is_described_as_it_is_sent(official: Draft7Validator) -> None:
    made = document(compile_text(TEXT).system)
    assert list(official.iter_errors(made)) == []
    payload = {"$ref": "#/components/schemas/RaisedEventType", "components": made["components"]}
    names = [name for name in made["components"]["schemas"] if name.startswith("RaisedEvent")]
    payload["$ref"] = f"#/components/schemas/{names[0]}"
    row = {
        "id": "x",
        "level": None,
        "place": {"city": "Bonn"},
        "title": "a title of more letters",
        "pin": None,
    }
    sent = {"id": "1", "type": "Raised", "version": 3, "timestamp": "2026-01-01T00:00:00Z"}
    sent["data"] = {"case": row, "title": row["title"], "level": None, "by": 3}
    check = Draft202012Validator(payload)
    assert [error.message for error in check.iter_errors(sent)] == []
    assert not check.is_valid({**sent, "version": 2})
    assert not check.is_valid({**sent, "data": {**sent["data"], "by": 10}})


def test_without_events_there_is_none() -> None:
    system = small().model_copy(update={"events": ()})
    assert EVENTS_PATH not in {file.path for file in EMITTER.emit(system, EmitContext(system))}
