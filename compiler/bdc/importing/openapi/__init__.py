"""An OpenAPI document → the tables that its resources suggest, best effort.

What comes in: the text of an OpenAPI 3 document, JSON or YAML. What goes out: a `Database` with one schema, and what was left out: schemas
without a key, operations (with the `resource` to write for those that read and write an entity; policies cannot be guessed).
"""

from bdc.importing.openapi.database import OpenApiError, openapi_database

__all__ = ["OpenApiError", "openapi_database"]
