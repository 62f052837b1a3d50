"""Calls of other services, with fakes in their place: what is sent and read is what was declared, and failures stay within their bounds."""

import asyncio
import json
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from services.external.clients import EXTERNALS
from services.external.engine.client import Client
from services.external.engine.declared import External, Operation
from services.external.engine.errors import ExternalError
from services.external.engine.fake import Fake
from services.external.engine.settings import Configured, is_faked, refusals

ARGUMENTS: dict[str, Any] = json.loads(Path(__file__).with_name("externals.json").read_text("utf-8"))
CALLS = [(external, operation) for external in EXTERNALS.values() for operation in external.operations]
EACH = pytest.mark.parametrize(
    ("external", "operation"),
    CALLS,
    ids=[f"{external.name}.{operation.name}" for external, operation in CALLS],
)


@pytest.fixture(autouse=True)
def development(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("EXTERNAL_SERVICES", raising=False)
    monkeypatch.setenv("ENVIRONMENT", "development")
    yield


def test_no_service_is_called_in_development() -> None:
    assert is_faked()
    assert refusals(tuple(EXTERNALS.values()), {}) == []


def test_production_asks_for_every_variable() -> None:
    asked = refusals(tuple(EXTERNALS.values()), {"ENVIRONMENT": "production"})
    for external in EXTERNALS.values():
        for text in (external.address, *external.secrets.values()):
            assert not text.variable or any(reason.startswith(text.variable) for reason in asked)


@EACH
def test_a_call_is_answered_as_declared(external: External, operation: Operation) -> None:
    fake, client = _faked(external)
    _call(client, external, operation)
    (asked,) = fake.calls
    assert asked.method == operation.method
    assert "{" not in asked.target
    assert ("idempotency-key" in asked.headers) == operation.idempotent
    if operation.result is not None:
        operation.result.adapter.validate_json(operation.example)


@EACH
@pytest.mark.parametrize("body", ["", "<html>", '{"data": {"nested": [1, "x"]}}', '"\\u0000"', "[" * 3000])
def test_garbage_is_a_clear_failure(external: External, operation: Operation, body: str) -> None:
    fake, client = _faked(external)
    fake.answers[operation.name] = (200, body)
    try:
        found = _call(client, external, operation)
    except ExternalError as error:
        assert error.reason == "unreadable"
        assert body not in str(error) or not body
    else:
        assert (
            operation.result is None
            or operation.fallback is not None
            or found is None
            or _takes_any(operation)
        )


@EACH
def test_failures_open_the_breaker(external: External, operation: Operation) -> None:
    fake, client = _faked(external, retry=0, open=60.0)
    fake.answers[operation.name] = (500, "{}")
    for _ in range(external.failures):
        _fails(client, external, operation, "failed")
    asked = len(fake.calls)
    _fails(client, external, operation, "open")
    assert len(fake.calls) == asked, "an open breaker asks nothing"


@EACH
def test_a_service_that_hangs_costs_its_timeout(external: External, operation: Operation) -> None:
    fake, client = _faked(external, timeout=0.1, retry=1)
    fake.hang = 30.0
    begun = time.perf_counter()
    _fails(client, external, operation, "timeout")
    assert time.perf_counter() - begun < 5.0
    assert len(fake.calls) == (2 if operation.repeatable else 1)


@EACH
def test_a_refusal_is_not_tried_again(external: External, operation: Operation) -> None:
    fake, client = _faked(external)
    fake.answers[operation.name] = (422, "{}")
    with pytest.raises(ExternalError) as caught:
        _call(client, external, operation)
    assert (caught.value.reason, caught.value.answered, len(fake.calls)) == ("refused", 422, 1)


def _faked(external: External, **more: Any) -> tuple[Fake, Client]:
    fake = Fake(external)
    plain = replace(external, auth="", secrets={}, first_pause=0.01, longest_pause=0.02, **more)
    return fake, Client(plain, Configured("http://fake.invalid", {}), fake.transport)


def _call(client: Client, external: External, operation: Operation) -> Any:
    return asyncio.run(client.call(operation, ARGUMENTS[f"{external.name}.{operation.name}"]))


def _fails(client: Client, external: External, operation: Operation, reason: str) -> None:
    """A call ends with `reason`, or with its fallback."""
    if operation.fallback is not None and operation.result is not None:
        assert _call(client, external, operation) == operation.result.adapter.validate_json(
            operation.fallback
        )
        return
    with pytest.raises(ExternalError) as caught:
        _call(client, external, operation)
    assert caught.value.reason == reason


def _takes_any(operation: Operation) -> bool:
    """Whether its answer may be any JSON, or has no member that must be there."""
    assert operation.result is not None
    schema = operation.result.adapter.json_schema()
    return not schema.get("required") and schema.get("type") in (None, "object")
