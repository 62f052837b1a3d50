"""Webhooks of other systems: what is signed has its effect once, anything else none."""

import json
import time
from pathlib import Path
from typing import Any

import httpx
import pytest

from api.engine.receiving.declared import DEVELOPMENT_SECRET, Receiver
from api.engine.receiving.messages import event_of
from api.engine.receiving.signatures import Unsigned, sign, verify
from api.receivers import RECEIVERS
from tests.support.backend import Backend

MESSAGES = json.loads((Path(__file__).parent / "receivers.json").read_text(encoding="utf-8"))["messages"]
BY_EVENT = pytest.mark.parametrize(
    "message", MESSAGES, ids=[f"{each['receiver']}.{each['event']}" for each in MESSAGES]
)
Message = dict[str, Any]


def _receiver(message: Message) -> Receiver:
    return next(each for each in RECEIVERS if each.name == message["receiver"])


def _body(message: Message, id: str, data: Any) -> bytes:
    match _receiver(message).scheme:
        case "standard":
            return json.dumps(
                {"type": message["event"], "timestamp": "2026-01-31T09:30:00Z", "data": data}
            ).encode()
        case "stripe":
            return json.dumps({"id": id, "type": message["event"], "data": {"object": data}}).encode()
        case "github":
            return json.dumps(data).encode()


def _sent(
    backend: Backend,
    message: Message,
    id: str,
    data: Any = None,
    *,
    late: int = 0,
    secret: str = DEVELOPMENT_SECRET,
    **changed: str,
) -> httpx.Response:
    receiver = _receiver(message)
    body = _body(message, id, message["data"] if data is None else data)
    headers = sign(receiver.scheme, secret, id, message["event"], int(time.time()) - late, body)
    return backend.http.post(
        receiver.path, content=body, headers={"content-type": "application/json", **headers, **changed}
    )


def _taken(backend: Backend, id: str) -> int:
    return int(
        backend.database.run(
            backend.database.admin.fetchval("select count(*) from app.inbox where message = $1", id)
        )
    )


def _queued(backend: Backend) -> int:
    return int(
        backend.database.run(backend.database.admin.fetchval("select count(*) from app.procrastinate_jobs"))
    )


@BY_EVENT
def test_a_message_has_its_effect_once(backend: Backend, message: Message) -> None:
    id, before = f"once-{message['receiver']}-{message['event']}", _queued(backend)
    assert _sent(backend, message, id).status_code == 204
    after = _queued(backend)
    assert after >= before
    assert [_sent(backend, message, id).status_code for _ in range(3)] == [204] * 3
    assert (_taken(backend, id), _queued(backend)) == (1, after)


@BY_EVENT
def test_what_the_sender_did_not_sign_is_refused(backend: Backend, message: Message) -> None:
    id, receiver = f"forged-{message['receiver']}-{message['event']}", _receiver(message)
    assert _sent(backend, message, id, secret="whsec_b3RoZXI=").status_code == 401
    if receiver.scheme != "github":
        assert _sent(backend, message, id, late=int(receiver.tolerance) + 60).status_code == 401
        assert _sent(backend, message, id, late=-int(receiver.tolerance) - 60).status_code == 401
    plain = backend.http.post(receiver.path, json=message["data"])
    assert (plain.status_code, _taken(backend, id)) == (401, 0)


@BY_EVENT
def test_what_cannot_be_read_is_refused_and_may_come_again(backend: Backend, message: Message) -> None:
    id = f"wrong-{message['receiver']}-{message['event']}"
    if message["strict"] is not None:
        assert (
            _sent(backend, message, id, message["data"] | {message["strict"]: "no such value"}).status_code
            == 400
        )
        assert _taken(backend, id) == 0
    assert _sent(backend, message, id, "text").status_code == 400
    assert _sent(backend, message, id).status_code == 204


@pytest.mark.parametrize("receiver", RECEIVERS, ids=lambda each: each.name)
def test_other_events_are_passed_over(backend: Backend, receiver: Receiver) -> None:
    message = {"receiver": receiver.name, "event": "nobody.asked", "data": {}}
    id = f"passed-over-{receiver.name}"
    assert _sent(backend, message, id).status_code == 204
    assert _taken(backend, id) == 0


def test_both_secrets_are_good_while_one_is_replaced() -> None:
    for scheme in ("standard", "stripe", "github"):
        for secret in ("whsec_b2xk", "whsec_bmV3"):
            headers = {
                name.encode(): value.encode()
                for name, value in sign(scheme, secret, "1", "e", 100, b"{}").items()
            }
            verify(scheme, ("whsec_b2xk", "whsec_bmV3"), headers, b"{}", now=130.0, tolerance=60)
            with pytest.raises(Unsigned):
                verify(scheme, ("whsec_b3RoZXI=",), headers, b"{}", now=130.0, tolerance=60)
            with pytest.raises(Unsigned):
                verify(scheme, (), headers, b"{}", now=130.0, tolerance=60)


def test_the_example_of_the_standard() -> None:
    """From the specification of Standard Webhooks."""
    headers = {
        b"webhook-id": b"msg_p5jXN8AQM9LWM0D4loKWxJek",
        b"webhook-timestamp": b"1614265330",
        b"webhook-signature": b"v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
    }
    verify(
        "standard",
        ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",),
        headers,
        b'{"test": 2432232314}',
        now=1614265331,
        tolerance=300,
    )


def test_names_of_senders() -> None:
    assert [
        event_of(each) for each in ("invoice.payment_failed", "pull_request", "OrderPaid", "order-paid")
    ] == ["InvoicePaymentFailed", "PullRequest", "OrderPaid", "OrderPaid"]
