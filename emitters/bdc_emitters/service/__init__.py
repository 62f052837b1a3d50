"""The running service: Python on Starlette and Granian, over compiled statements.

What comes in: the IR and the compiled queries. What goes out: `api/`, `services/`, `database/models`, `database/queries`,
`config/` and the project files. `runtime/` mirrors the output and is copied as it is; `templates/` carry only what depends
on the specification. Absent on purpose: DDL (`postgres`), GraphQL, the OpenAPI document.

Read: `emit` (the list of parts), `logical` (fields as JSON members), `checks` (types as validators), then a part.
"""

from bdc_emitters.service.emit import EMITTER

__all__ = ["EMITTER"]
