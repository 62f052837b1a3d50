"""An OpenAPI file beside the specification → the operations and structs of an external, as if they had been written by hand.

What comes in: the text of an OpenAPI 3.0 or 3.1 document, and the operations that are called. What goes out: text of the language. Deliberately
absent: what nothing calls, and references to other files.
"""

from bdc.model.externals.openapi.offered import Offered, offered
from bdc.model.externals.openapi.schemas import Unreadable

__all__ = ["Offered", "Unreadable", "offered"]
