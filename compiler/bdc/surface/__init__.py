"""What callers see: operations with their paths, members of bodies with their types, and examples of both.

What comes in: `SystemIR`. What goes out: frozen facts in JSON's terms (`customer_id`, `/v1/orders/{id}`), shared by whoever
describes the service. Nothing of OpenAPI, and nothing of SQL.
"""

from bdc.surface.bindings import Bound, bound_members, has_body, is_json_text, members_in, whole_body
from bdc.surface.endpoints import Endpoint, Kind, endpoints, written_entities
from bdc.surface.members import (
    Member,
    address_members,
    around_members,
    input_members,
    key_members,
    parameter_members,
    read_members,
)

__all__ = [
    "Bound",
    "Endpoint",
    "Kind",
    "Member",
    "address_members",
    "around_members",
    "bound_members",
    "endpoints",
    "has_body",
    "input_members",
    "is_json_text",
    "key_members",
    "members_in",
    "parameter_members",
    "read_members",
    "whole_body",
    "written_entities",
]
