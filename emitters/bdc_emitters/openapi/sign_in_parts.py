"""What the operations of sign-in have in common."""

from typing import Any

from bdc.naming.distinct import aside
from bdc.source.records import dataclass
from bdc_emitters.openapi.answers import JSON
from bdc_emitters.openapi.operations import Operations
from bdc_emitters.openapi.types import NO_NUL, Schema, ref

TAG = "Sign-in"
ALWAYS = ("malformed-request", "unknown-parameter")
BODY = ("payload-too-large", "unsupported-media-type", "validation-failed")
LAST = ("too-many-requests", "internal-error", "unavailable", "timeout")


@dataclass(frozen=True, slots=True)
class Part:
    """One operation: its id, title, the codes that it refuses with, and its body."""

    name: str
    summary: str
    codes: tuple[str, ...]
    body: str = ""
    example: Any = None
    needed: bool = True

    def operation(self, operations: Operations, status: str, schema: str, description: str) -> dict[str, Any]:
        """Return the operation object, open to callers without credentials."""
        taken = {endpoint.id for endpoint in operations.endpoints}
        made: dict[str, Any] = {
            "operationId": aside(self.name, taken),
            "tags": [TAG],
            "summary": self.summary,
            "security": [{}],
        }
        if self.body:
            media = {"schema": ref(self.body), "example": self.example}
            made["requestBody"] = {"required": self.needed, "content": {JSON: media}}
        success = operations.answers.success(description, ref(schema), limited=False)
        made["responses"] = {status: success, **operations.answers.refusals(self.codes, limited=False)}
        return made


def closed(operations: Operations, made: dict[str, Any]) -> None:
    """Make an operation one of a session, which answers with nothing."""
    made["security"] = [{"bearer": []}]
    responses = {status: each for status, each in made["responses"].items() if status != "200"}
    made["responses"] = {"204": operations.answers.success("It is done.", None, limited=False), **responses}


def object_(properties: dict[str, Schema], required: tuple[str, ...] | None = None) -> Schema:
    """Return the schema of an object; all members are required where nothing else is said."""
    made: Schema = {"type": "object", "additionalProperties": False}
    names = tuple(properties) if required is None else required
    return {**made, **({"required": list(names)} if names else {}), "properties": properties}


def text(least: int, most: int) -> Schema:
    """Return the schema of a text that is sent."""
    return {"type": "string", "minLength": least, "maxLength": most, "pattern": NO_NUL}


def tenant(header: str) -> dict[str, Any]:
    """Return the header that names the tenant of a request."""
    words = (
        "The tenant that the request is about, by its key. Without it, the only one that the caller is in."
    )
    schema = {"type": "string", "maxLength": 200}
    return {"name": header, "in": "header", "required": False, "description": words, "schema": schema}
