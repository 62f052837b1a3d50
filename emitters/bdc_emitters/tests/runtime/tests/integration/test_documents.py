"""The documents that clients were built with: each fits the schema, and no other name leads to one."""

from pathlib import Path

from graphql import build_schema, parse, validate

from api.graphql import SETTINGS
from api.graphql.engine.persisted import Persisted
from tests.support.backend import Backend

ROOT = Path(__file__).resolve().parents[2]


def test_each_document_fits_the_schema() -> None:
    schema = build_schema((ROOT / "api/documentation/schema.graphql").read_text(encoding="utf-8"))
    wrong = {text: validate(schema, parse(text)) for text in Persisted()}
    assert not any(wrong.values()), wrong


def test_a_document_that_is_not_there_is_not_found(backend: Backend) -> None:
    body = {"extensions": {"persistedQuery": {"version": 1, "sha256Hash": "0" * 64}}}
    answer = backend.call("POST", SETTINGS.path, body)
    (error,) = answer.json()["errors"]
    assert (error["message"], error["extensions"]["code"]) == ("PersistedQueryNotFound", "graphql-document")
