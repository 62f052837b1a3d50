"""An OpenAPI document → a specification: entities, structs, enums, an api with its resources and operations, identity and roles.

What comes in: the bytes of an OpenAPI 3.0 or 3.1 document, JSON or YAML, with the files that it refers to. What goes out: a draft of a
specification, and what became of each element. Members keep their names. What reads or writes one entity by its key is a resource; every
other operation is an `op` whose handler is to be written. Nothing is fetched from the network.
"""

from bdc.importing.openapi.convert import OpenApiDraft, openapi_draft
from bdc.importing.openapi.load import OpenApiError

__all__ = ["OpenApiDraft", "OpenApiError", "openapi_draft"]
