"""The shop's document says what its compiled reads answer, and what its problems are called."""

import subprocess
from pathlib import Path
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from bdc.query import compile_queries
from bdc_emitters.openapi import LINT
from bdc_emitters.openapi.document import build
from tests.openapi.test_document import lint, validator, walk
from tests.support.shop import shop
from tests.support.tools import not_run, tool


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build(shop()[1])


def test_read_models_have_the_members_that_the_statements_write(document: dict[str, Any]) -> None:
    _, system = shop()
    compared = 0
    for read in compile_queries(system).reads:
        model = document["components"]["schemas"].get(read.entity)
        if model:
            assert set(model["required"]) == {member.name for member in read.members}, read.entity
            assert set(model["properties"]) - set(model["required"]) <= {
                relation.name for relation in read.relations
            }
            compared += 1
    assert compared >= 4


def test_every_example_satisfies_its_schema(document: dict[str, Any]) -> None:
    assert list(OpenAPIV31SpecValidator(document).iter_errors()) == []
    for media in (value for _, value in walk(document) if isinstance(value, dict) and "schema" in value):
        examples = [media["example"]] if "example" in media else []
        examples += [named["value"] for named in media.get("examples", {}).values()]
        for example in examples:
            assert list(validator(document, media["schema"]).iter_errors(example)) == []


def test_a_member_named_like_a_standard_one_is_set_apart(document: dict[str, Any]) -> None:
    problem = document["components"]["schemas"]["OrderNotCancellableProblem"]
    assert problem["properties"]["status"] == {"const": 409}
    assert problem["properties"]["members"]["required"] == ["status"]


def test_a_check_narrows_what_may_be_sent(document: dict[str, Any]) -> None:
    assert document["components"]["schemas"]["ProductCreate"]["properties"]["stock"]["minimum"] == 0


def test_a_moved_row_is_shown_in_its_new_state(document: dict[str, Any]) -> None:
    answer = document["paths"]["/v1/orders/{id}/place"]["post"]["responses"]["200"]
    assert answer["content"]["application/json"]["example"]["status"] == "placed"


@pytest.mark.tool
def test_redocly_finds_nothing(document: dict[str, Any], tmp_path: Path) -> None:
    redocly = tool("redocly")
    if redocly is None:
        pytest.skip(not_run("redocly"))
    (tmp_path / "redocly.yaml").write_text(LINT)
    ran: subprocess.CompletedProcess[str] = lint(redocly, tmp_path, document)
    assert ran.returncode == 0, ran.stdout
    assert "You have" not in ran.stdout + ran.stderr
