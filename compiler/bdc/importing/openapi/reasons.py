"""Why elements that no part of the import has a reason for are left out: by the keyword that each is."""

from collections.abc import Iterator

from bdc.importing.draft import Ledger, under
from bdc.importing.openapi.place import Place

_LEFT = (
    ("openapi", "the version of the format"),
    ("jsonSchemaDialect", "the version of the format"),
    ("servers", "where it runs is said by the deployment"),
    ("tags", "tags group pages of documentation"),
    ("externalDocs", "links belong to other documentation"),
    ("webhooks", "outgoing calls are events: see `event`"),
    ("security", "each operation says its own"),
    ("components/responses", "no operation needs it"),
    ("components/requestBodies", "no operation needs it"),
    ("components/parameters", "no operation needs it"),
    ("info", "the specification has no place for it"),
    ("components/examples", "examples stand at members"),
    ("components/headers", "a response has the headers of the service"),
    ("components/links", "a response has no links"),
    ("components/callbacks", "outgoing calls are events: see `event`"),
)
_BY_KEY = {
    "tags": "tags group pages of documentation",
    "externalDocs": "links belong to other documentation",
    "xml": "responses are JSON",
    "callbacks": "outgoing calls are events: see `event`",
    "example": "examples stand at members of entities",
    "examples": "examples stand at members of entities",
    "uniqueItems": "no CHECK can compare the items of a list",
    "additionalProperties": "members without a fixed name are not stored",
    "patternProperties": "members without a fixed name are not stored",
    "minProperties": "the number of members is not checked",
    "maxProperties": "the number of members is not checked",
    "not": "the language has no such rule",
    **dict.fromkeys(
        [
            "if",
            "then",
            "else",
            "contains",
            "propertyNames",
            "dependentSchemas",
            "dependentRequired",
            "prefixItems",
            "unevaluatedProperties",
        ],
        "the language has no such rule",
    ),
    "maxLength": "the type says which values it has",
    "minLength": "the type says which values it has",
    "pattern": "the type says which values it has",
    "$ref": "it leads nowhere, or is not followed",
    "maxItems": "only lists of entities are counted",
    "minItems": "only lists of entities are counted",
    "description": "only entities, members, operations and the api have documentation",
    "title": "only entities, members, operations and the api have documentation",
    "summary": "only operations and the api have a summary",
    "deprecated": "only operations and members of entities are deprecated",
    "readOnly": "only members of entities are for reading or writing alone",
    "writeOnly": "only members of entities are for reading or writing alone",
    "required": "it names no member here, or one that not all of the alternatives need",
    **dict.fromkeys(
        ["type", "enum", "const", "format", "minimum", "maximum", "multipleOf", "default", "nullable"],
        "the value is kept in a type that does not say it",
    ),
    "contentMediaType": "the content of a text is not described",
    "contentEncoding": "the content of a text is not described",
}


_WHOLES = (
    "externalDocs",
    "xml",
    "callbacks",
    "examples",
    "additionalProperties",
    "patternProperties",
    "not",
    "if",
    "then",
    "else",
    "contains",
    "propertyNames",
    "prefixItems",
)
_ROOT = frozenset(
    [
        "openapi",
        "info",
        "servers",
        "paths",
        "components",
        "security",
        "tags",
        "externalDocs",
        "webhooks",
        "jsonSchemaDialect",
    ]
)


_KEYWORDS = _ROOT | frozenset(
    [
        "title",
        "description",
        "summary",
        "termsOfService",
        "contact",
        "license",
        "version",
        "name",
        "url",
        "email",
        "identifier",
        "variables",
        "enum",
        "default",
        "get",
        "put",
        "post",
        "delete",
        "options",
        "head",
        "patch",
        "trace",
        "parameters",
        "operationId",
        "requestBody",
        "responses",
        "callbacks",
        "deprecated",
        "in",
        "required",
        "allowEmptyValue",
        "style",
        "explode",
        "allowReserved",
        "schema",
        "example",
        "examples",
        "content",
        "patternProperties",
        "links",
        "mapping",
        "headers",
        "schemas",
        "requestBodies",
        "securitySchemes",
        "pathItems",
        "type",
        "format",
        "flows",
        "scheme",
        "bearerFormat",
        "openIdConnectUrl",
        "authorizationUrl",
        "tokenUrl",
        "refreshUrl",
        "scopes",
        "implicit",
        "password",
        "clientCredentials",
        "authorizationCode",
        "items",
        "properties",
        "additionalProperties",
        "allOf",
        "oneOf",
        "anyOf",
        "not",
        "nullable",
        "discriminator",
        "propertyName",
        "readOnly",
        "writeOnly",
        "xml",
        "minLength",
        "maxLength",
        "pattern",
        "minimum",
        "maximum",
        "exclusiveMinimum",
        "exclusiveMaximum",
        "multipleOf",
        "minItems",
        "maxItems",
        "uniqueItems",
        "minProperties",
        "maxProperties",
        "const",
        "$ref",
        "encoding",
        "contentType",
        "value",
        "externalValue",
    ]
)
_FLAGS = (
    "deprecated",
    "readOnly",
    "writeOnly",
    "nullable",
    "uniqueItems",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "required",
    "allowEmptyValue",
    "allowReserved",
)
_NAMED = (
    "properties",
    "schemas",
    "responses",
    "parameters",
    "requestBodies",
    "headers",
    "securitySchemes",
    "content",
    "paths",
    "patternProperties",
    "variables",
    "callbacks",
    "links",
    "examples",
    "mapping",
    "webhooks",
    "scopes",
    "$defs",
    "definitions",
)


def usual_reasons(ledger: Ledger, root: Place) -> None:
    """Give each element that has no reason yet the usual one of its keyword."""
    for path, reason in (*_LEFT, *_misplaced(root)):
        ledger.leave(path, reason)
    for path in ledger.elements:
        if path in ledger.carried:
            continue
        key = path.rpartition("/")[2]
        found = root.at(f"#/{path}")
        if found is not None and found.value in ({}, [], ""):
            ledger.leave(path, "it is empty")
        if key in _FLAGS and _is_false(root, path):
            ledger.carry([path])  # it says nothing
        elif not ledger.has_reason(path):
            for whole, reason in _usual(path, key):
                ledger.leave(whole, reason)


def _misplaced(root: Place) -> Iterator[tuple[str, str]]:
    """Yield what stands where OpenAPI has no such thing."""
    for name, _ in root.members():
        if name not in _ROOT and not name.startswith("x-"):
            yield under(name), "OpenAPI has no such keyword"
    for name, _ in (root / "paths").members():
        if not name.startswith("/"):
            yield under("paths", name), "a path begins with `/`"


def _usual(path: str, key: str) -> Iterator[tuple[str, str]]:
    wholes = [part for part in _WHOLES if f"/{part}/" in path]
    for part in wholes:
        yield path.partition(f"/{part}/")[0] + f"/{part}", _BY_KEY[part]
    if wholes:
        return
    unknown = _unknown(path)
    if unknown is not None:
        yield unknown, "OpenAPI has no such keyword"
    if "/parameters/" in path and "/content/" in path:
        yield path, "a parameter is written as its type is, in no format of its own"
    if key.isdigit() and path.endswith(f"/parameters/{key}"):
        yield path, "a parameter of the operation has its name"
    if _is_name(path):
        return
    if key in _BY_KEY:
        yield path, _BY_KEY[key]
    elif key.startswith("x-"):
        yield path, "extensions are of other tools"


def _unknown(path: str) -> str | None:
    """Return the path up to the first keyword that OpenAPI does not have."""
    names, named = path.split("/"), False
    for number, name in enumerate(names):
        if (
            not named
            and name not in _KEYWORDS
            and name not in _BY_KEY
            and not name.isdigit()
            and not name.startswith("x-")
        ):
            return "/".join(names[: number + 1])
        named = not named and name in _NAMED
    return None


def _is_name(path: str) -> bool:
    """Whether the last part of a path is a name that the author gave."""
    named = False
    for name in path.split("/")[:-1]:
        named = not named and name in _NAMED
    return named


def _is_false(root: Place, path: str) -> bool:
    found = root.at(f"#/{path}")
    return found is not None and found.value is False
