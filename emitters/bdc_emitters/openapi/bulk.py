"""The operations on many rows, in the OpenAPI document."""

from typing import Any

from bdc.naming.distinct import aside
from bdc.surface import Endpoint, address_members
from bdc.surface.bulk import BulkEndpoint, bulk_endpoints
from bdc.surface.endpoints import snake
from bdc_emitters.openapi.answers import JSON
from bdc_emitters.openapi.operations import Operations
from bdc_emitters.openapi.types import Mode, Schema, ref, schema

MOST_ROWS = 10_000
NDJSON = "application/x-ndjson"
_VERBS = {"create": "Create", "update": "Change", "upsert": "Put", "delete": "Delete"}
_CODES = ("malformed-request", "unknown-parameter", "unauthenticated", "forbidden")
_LAST = ("payload-too-large", "unsupported-media-type", "validation-failed", "too-many-requests")
_FAILED = ("internal-error", "unavailable", "timeout")


def bulk_paths(operations: Operations) -> dict[str, Any]:
    """Return the paths, and add their schemas."""
    paths: dict[str, Any] = {}
    for each in bulk_endpoints(operations.system):
        single = next(
            found
            for found in operations.endpoints
            if found.api is each.api and found.entity is each.entity and found.kind.value == each.single
        )
        item = paths.setdefault(each.path, {})
        around = operations.parameters.around(each.entity)
        if around:
            item.setdefault("parameters", around)
        item[each.method.lower()] = _operation(operations, each, single)
    return paths


def _operation(operations: Operations, each: BulkEndpoint, single: Endpoint) -> dict[str, Any]:
    name = f"{each.kind}_many_{snake(each.entity.plural)}"
    if each.entity.projects is not None and not each.entity.again:  # another api has the same
        name += f"_{snake(each.entity.name.removeprefix(each.entity.stored))}"
    rows: Schema = {"type": "array", "maxItems": MOST_ROWS, "items": _row(operations, each, single)}
    limited = each.api.limit is not None
    codes = [
        *_CODES,
        *(["not-found"] if each.kind in ("update", "delete") or each.resource.parent else []),
        "conflict",
        *_LAST,
        *_FAILED,
    ]
    operations.models.schemas.setdefault("BulkAnswer", _ANSWER)
    done = operations.answers.success(
        "All rows are written, or with `handling=lenient` those that can be.",
        ref("BulkAnswer"),
        limited=limited,
    )
    lines: Schema = {"schema": {"type": "string", "description": "One answer in each line."}}
    done["content"][NDJSON] = lines
    return {
        "operationId": aside(name, {endpoint.id for endpoint in operations.endpoints}),
        "tags": [single.tag],
        "summary": f"{_VERBS[each.kind]} many {each.entity.plural}",
        "security": operations.access.security(single),
        "parameters": [_PREFER],
        "requestBody": {
            "required": True,
            "content": {
                JSON: {"schema": rows},
                NDJSON: {"schema": {"type": "string", "description": "One row in each line."}},
            },
        },
        "responses": {"200": done, **operations.answers.refusals(codes, limited=limited)},
        "x-bdc-policy": operations.access.policy(single),
    }


def _row(operations: Operations, each: BulkEndpoint, single: Endpoint) -> Schema:
    models = operations.models
    body = models.body(single)
    if each.kind in ("create", "upsert"):
        assert body is not None
        return ref(body)
    keys = _keys(operations, single)
    if each.kind == "delete":
        whole: Schema = {
            "type": "object",
            "additionalProperties": False,
            "required": list(keys),
            "properties": keys,
        }
        return next(iter(keys.values())) if len(keys) == 1 else whole
    found = models.schemas[body or ""]
    properties = {**found.get("properties", {}), **keys}
    return {"type": "object", "additionalProperties": False, "required": list(keys), "properties": properties}


def _keys(operations: Operations, single: Endpoint) -> dict[str, Schema]:
    """Return the members that name a row, as a path has them."""
    assert single.entity is not None
    members = address_members(operations.system, single.entity)
    return {member.name: schema(member.type, Mode.WRITE) for member in members if member.type is not None}


_PREFER = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": "`handling=lenient`: write the rows that can be written, and say why the others cannot. Without it a call writes all rows or none.",
    "schema": {"type": "string", "maxLength": 200},
}
_ANSWER: Schema = {
    "type": "object",
    "description": "How many rows were written, and why others were not.",
    "additionalProperties": False,
    "required": ["count"],
    "properties": {
        "count": {"type": "integer", "format": "int32", "minimum": 0, "maximum": MOST_ROWS},
        "errors": {
            "type": "array",
            "maxItems": MOST_ROWS,
            "items": {
                "type": "object",
                "additionalProperties": False,
                "required": ["row", "problem"],
                "properties": {
                    "row": {"type": "integer", "format": "int32", "minimum": 0, "maximum": MOST_ROWS},
                    "problem": {"type": "object", "additionalProperties": True},
                },
            },
        },
    },
}
