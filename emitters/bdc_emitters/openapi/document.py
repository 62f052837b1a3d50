"""The whole document, in the order a reader meets it."""

from typing import Any

from bdc.ir import SystemIR
from bdc.surface import Endpoint, endpoints
from bdc.surface.wire import is_wired
from bdc_emitters.openapi.bulk import bulk_paths
from bdc_emitters.openapi.operations import Operations
from bdc_emitters.openapi.outside import Outside
from bdc_emitters.openapi.receivers import receiver_paths, receiver_tag
from bdc_emitters.openapi.sharing import shared
from bdc_emitters.openapi.sign_in import sign_in_paths, tag

OPENAPI = "3.1.1"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def build(system: SystemIR) -> dict[str, Any]:
    """Return the OpenAPI document of a system with at least one api."""
    found = endpoints(system)
    operations = Operations(system, found)
    paths = (
        _paths(operations, found)
        | bulk_paths(operations)
        | sign_in_paths(operations)
        | receiver_paths(operations)
    )
    document: dict[str, Any] = {
        "openapi": OPENAPI,
        "info": _info(system),
        "jsonSchemaDialect": DIALECT,
        "servers": [{"url": "/", "description": "The service that serves this document."}],
        "security": operations.access.default(),
        "tags": _tags(system),
        "paths": paths,
        "components": _components(operations),
    }
    return Outside(system, document).rewritten() if is_wired(system) else shared(document)


def _info(system: SystemIR) -> dict[str, Any]:
    versions = ", ".join(api.version for api in system.apis)
    text = system.doc or next((api.doc for api in system.apis if api.doc), "")
    info: dict[str, Any] = {"title": system.title, "version": versions}
    if text:
        info["description"] = text
    return info


def _tags(system: SystemIR) -> list[dict[str, str]]:
    found: dict[str, str] = {}
    for api in system.apis:
        for resource in api.resources:
            entity = system.entity(resource.entity)
            text = resource.doc or entity.doc or f"{entity.plural} and what can be done with them."
            found.setdefault(entity.name, text)
        if api.operations:
            found.setdefault(api.name, api.doc or f"Operations of {api.name} that stand in no resource.")
    return [
        *({"name": name, "description": text} for name, text in found.items()),
        *tag(system),
        *receiver_tag(system),
    ]


def _paths(operations: Operations, found: tuple[Endpoint, ...]) -> dict[str, Any]:
    paths: dict[str, Any] = {}
    for endpoint in found:
        item = paths.setdefault(endpoint.path, {})
        keys = operations.parameters.of_path(endpoint)
        if keys and "parameters" not in item:
            item["parameters"] = keys
        item[endpoint.method.lower()] = operations.operation(endpoint)
    return paths


def _components(operations: Operations) -> dict[str, Any]:
    answers = operations.answers.components()
    schemas = {**operations.models.schemas, **answers["schemas"]}
    parts: dict[str, Any] = {
        "schemas": {name: schemas[name] for name in sorted(schemas)},
        "responses": answers["responses"],
        "parameters": dict(sorted(operations.parameters.components.items())),
        "headers": answers["headers"],
        "securitySchemes": operations.access.schemes(),
    }
    return {name: found for name, found in parts.items() if found}
