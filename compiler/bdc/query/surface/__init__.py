"""What callers see: operations with their paths, members of bodies with their types, and examples of both.

What comes in: `SystemIR`. What goes out: frozen facts in JSON's terms (`customer_id`, `/v1/orders/{id}`), shared by whoever
describes the service. Nothing of OpenAPI, and nothing of SQL.

Read: `endpoints`, `members`; `examples` is imported by its own name, by those few who show any.
"""

from bdc.query.surface.endpoints import Endpoint, Kind, endpoints
from bdc.query.surface.members import Member, input_members, key_members, parameter_members, read_members

__all__ = [
    "Endpoint",
    "Kind",
    "Member",
    "endpoints",
    "input_members",
    "key_members",
    "parameter_members",
    "read_members",
]
