"""Webhooks of other systems that come in."""

from typing import Any

from bdc.ir import Receiver, SystemIR
from bdc.naming.distinct import aside
from bdc_emitters.openapi.answers import JSON
from bdc_emitters.openapi.operations import Operations

TAG = "Webhooks"
_CODES = (
    "malformed-request", "unknown-parameter", "unauthenticated", "payload-too-large", "unsupported-media-type",
    "too-many-requests", "internal-error", "unavailable", "timeout",
)  # fmt: skip
_HEADERS = {
    "standard": ("webhook-id", "webhook-timestamp", "webhook-signature"),
    "stripe": ("Stripe-Signature",),
    "github": ("X-GitHub-Delivery", "X-GitHub-Event", "X-Hub-Signature-256"),
}


def receiver_paths(operations: Operations) -> dict[str, Any]:
    """Return the paths where webhooks come in."""
    return {each.path: {"post": _operation(operations, each)} for each in operations.system.receivers}


def receiver_tag(system: SystemIR) -> list[dict[str, str]]:
    """Return the tag of these operations, where there are some."""
    return [{"name": TAG, "description": "Webhooks of other systems."}] if system.receivers else []


def _operation(operations: Operations, receiver: Receiver) -> dict[str, Any]:
    events = ", ".join(each.event for each in receiver.consumers) or "none"
    taken = {endpoint.id for endpoint in operations.endpoints}
    words = f"For {receiver.name} alone, which signs each message. A message has its effect once, however often it comes. Events: {events}."
    return {
        "operationId": aside(f"receive_{receiver.name}", taken),
        "tags": [TAG],
        "summary": f"Take a webhook of {receiver.name}",
        "description": words,
        "security": [{}],
        "parameters": [_header(name) for name in _HEADERS[receiver.scheme]],
        "requestBody": {"required": True, "content": {JSON: {"schema": {"type": "object"}}}},
        "responses": {
            "204": operations.answers.success("It is taken.", None, limited=False),
            **operations.answers.refusals(_CODES, limited=False),
        },
    }


def _header(name: str) -> dict[str, Any]:
    return {"name": name, "in": "header", "required": False, "schema": {"type": "string", "maxLength": 4096}}
