"""The document is valid, closed under its references, and its examples satisfy its own schemas."""

import json
import os
import subprocess
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker
from openapi_spec_validator import OpenAPIV31SpecValidator

from bdc.output import EmitContext
from bdc.output.document import to_json
from bdc_emitters.openapi import EMITTER, LINT, PATH
from bdc_emitters.openapi.document import build
from tests.openapi.small import small
from tests.support.emitted import compiled
from tests.support.shop import ROOT
from tests.support.tools import not_run, tool

EXPECTED = Path(__file__).parent / "expected" / "small.openapi.json"


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build(small())


def test_golden() -> None:
    system = small()
    files = {file.path: file.content for file in EMITTER.emit(system, EmitContext(system))}
    if os.environ.get("UPDATE_EXPECT"):
        EXPECTED.parent.mkdir(exist_ok=True)
        EXPECTED.write_text(files[PATH])
    assert files[PATH] == EXPECTED.read_text()


def test_a_document_changes_none_of_those_after_it() -> None:
    """Parts belong to all documents: an example of one system stood in those of others, in one process."""
    before = to_json(build(small()))
    for name in ("forms", "values", "signin", "stock"):
        build(compiled(ROOT / "tests" / "systems" / name)[1])
    assert to_json(build(small())) == before


def test_the_validator_finds_nothing_and_can_find_something(document: dict[str, Any]) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    broken = deepcopy(document)
    del broken["paths"]["/v1/notes/{id}"]["get"]["responses"]
    broken["info"].pop("version")
    assert list(OpenAPIV31SpecValidator(broken).iter_errors())


def test_every_reference_resolves_and_every_component_is_used(document: dict[str, Any]) -> None:
    targets = {value for name, value in walk(document) if name == "$ref"}
    declared = {
        f"#/components/{kind}/{name}"
        for kind, found in document["components"].items()
        if kind != "securitySchemes"
        for name in found
    }
    assert targets == declared


def test_every_example_satisfies_its_schema(document: dict[str, Any]) -> None:
    checked = 0
    for media in (value for _, value in walk(document) if isinstance(value, dict) and "schema" in value):
        examples = [media["example"]] if "example" in media else []
        examples += [named["value"] for named in media.get("examples", {}).values()]
        for example in examples:
            assert list(validator(document, media["schema"]).iter_errors(example)) == []
            checked += 1
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", ()):
            whole = validator(document, {"$ref": f"#/components/schemas/{name}"})
            assert list(whole.iter_errors(example)) == []
            checked += 1
    assert checked > 20


def test_operation_ids_and_security(document: dict[str, Any]) -> None:
    operations = {
        found["operationId"]: found
        for item in document["paths"].values()
        for method, found in item.items()
        if method != "parameters"
    }
    assert list(operations) == [
        "list_notes",
        "create_note",
        "get_note",
        "update_note",
        "delete_note",
        "publish_note",
        "retire_note",
        "daily_notes",
    ]
    assert document["security"] == [{"bearer": []}, {"api_key": []}]
    assert not any("security" in found for found in operations.values())
    assert operations["publish_note"]["x-bdc-policy"] == {
        "action": "publish",
        "allowed": {"manager": "always"},
        "scope": "org == actor.org",
    }
    assert operations["retire_note"]["deprecated"] is True


def test_what_a_list_can_be_asked(document: dict[str, Any]) -> None:
    parameters = document["paths"]["/v1/notes"]["get"]["parameters"]
    shared = document["components"]["parameters"]
    names = [found.get("name") or shared[found["$ref"].rsplit("/", 1)[1]]["name"] for found in parameters]
    assert names == [
        "state",
        "state[in]",
        "created_at[gte]",
        "created_at[lt]",
        "price",
        "author_id",
        "q",
        "sort",
        "limit",
        "cursor",
        "expand",
    ]


def test_bodies_refuse_what_the_service_refuses(document: dict[str, Any]) -> None:
    create = validator(document, {"$ref": "#/components/schemas/NoteCreate"})
    good = document["paths"]["/v1/notes"]["post"]["requestBody"]["content"]["application/json"]["example"]
    assert create.is_valid(good)
    for change in (
        {"unknown": 1},
        {"title": "lower"},
        {"title": None},
        {"price": "1.234"},
        {"price": "-1"},
        {"price": True},
        {"price": -0.5},
        {"lines": []},
        {"lines": [{"text": "nul \0"}]},
        {"place": {"postcode": "1"}},
        {"org_id": good["author_id"]},
    ):
        assert not create.is_valid({**good, **change}), change
    assert create.is_valid({**good, "price": 2, "place": None, "extra": {"any": [1, None]}})


def test_a_mask_fits_the_answer(document: dict[str, Any]) -> None:
    note = document["components"]["schemas"]["Note"]["properties"]["secret"]
    assert note["description"] == 'Seen by manager; others get "***".'
    assert validator(document, note).is_valid("***")


@pytest.mark.tool
def test_redocly_finds_nothing_and_can_find_something(document: dict[str, Any], tmp_path: Path) -> None:
    redocly = tool("redocly")
    if redocly is None:
        pytest.skip(not_run("redocly"))
    (tmp_path / "redocly.yaml").write_text(LINT)
    ran = lint(redocly, tmp_path, document)
    assert ran.returncode == 0, ran.stdout
    assert "You have" not in ran.stdout + ran.stderr  # "You have 1 warning."
    broken = deepcopy(document)
    broken["paths"]["/v1/notes"]["get"]["operationId"] = "get_note"
    assert lint(redocly, tmp_path, broken).returncode != 0


def lint(redocly: Path, folder: Path, document: dict[str, Any]) -> subprocess.CompletedProcess[str]:
    (folder / "openapi.json").write_text(json.dumps(document))
    command = [redocly, "lint", "openapi.json", "--config", "redocly.yaml"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def walk(found: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(found, dict):
        for name, value in found.items():
            yield name, value
            yield from walk(value)
    elif isinstance(found, list):
        for value in found:
            yield "", value
            yield from walk(value)


def validator(document: dict[str, Any], schema: dict[str, Any]) -> Draft202012Validator:
    rooted = {**schema, "components": document["components"]}
    return Draft202012Validator(rooted, format_checker=FormatChecker())
