"""What clients, consumers and operators of a system notice when its specification changes.

What comes in: two systems (`SystemIR`), of any two releases. What goes out: `Change`s, each with a stable code, how bad it is, the
version step it asks for, where it is, and what to do instead. REST facts are compared as callers see them (`bdc.surface`),
GraphQL as the schemas that the emitter makes,
policy as the permission matrix, compared by meaning, and behaviour as the IR itself says it. Deliberately absent: the database (that is
the plan's), files, colours.
"""

from bdc.changes.change import Change, Surface
from bdc.changes.compare import changes
from bdc.changes.scale import Bump, Severity

__all__ = ["Bump", "Change", "Severity", "Surface", "changes"]
