"""The documents that clients were built with: each fits the schema, and no other name leads to one."""

from importlib import import_module
from pathlib import Path

import pytest
from graphql import build_schema, parse, validate

from api.graphql.engine.persisted import of
from api.graphql.engine.settings import Settings
from tests.support.backend import Backend

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api.graphql",)
FOUND: list[Settings] = [import_module(package).SETTINGS for package in PACKAGES]
KNOWN = pytest.mark.parametrize("settings", FOUND, ids=[each.path for each in FOUND])


@KNOWN
def test_each_document_fits_the_schema(settings: Settings) -> None:
    schema = build_schema((ROOT / "api/documentation" / settings.text).read_text(encoding="utf-8"))
    wrong = {text: validate(schema, parse(text)) for text in of(settings)}
    assert not any(wrong.values()), wrong


@KNOWN
def test_a_document_that_is_not_there_is_not_found(backend: Backend, settings: Settings) -> None:
    body = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}
    answer = backend.call("POST", settings.path, body)
    (error,) = answer.json()["errors"]
    assert (error["message"], error["extensions"]["code"]) == ("PersistedQueryNotFound", "graphql-document")
