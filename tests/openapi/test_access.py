"""Credentials of operations: where callers are of several identities, each operation lists those of the callers that it may be for."""

from typing import Any

import pytest

from bdc_emitters.openapi.document import build
from tests.support.emitted import compiled
from tests.support.specs import ROOT

BEARER, KEY = {"bearer": []}, {"api_key": []}


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    return build(compiled(ROOT / "tests" / "systems" / "turnstile")[1])


@pytest.mark.parametrize(
    ("method", "path", "wanted"),
    [
        ("get", "/v1/me", [BEARER]),  # the row of a person
        ("get", "/v1/gate", [KEY]),  # the row of a gate
        ("get", "/v1/exporter", [KEY]),
        ("post", "/v1/entries", [KEY]),  # created by gates alone
        ("post", "/v1/entries/{id}/check", [BEARER]),
        ("get", "/v1/entries", [BEARER, KEY]),  # read by all
        ("get", "/v1/mine", [KEY]),  # outside of resources
    ],
)
def test_an_operation_lists_the_credentials_of_its_callers(
    document: dict[str, Any], method: str, path: str, wanted: list[Any]
) -> None:
    assert document["paths"][path][method].get("security", document["security"]) == wanted
