"""What REST clients meet: operations, their parameters, bodies, answers and errors.

What comes in: two systems, as `bdc.surface` shows them to callers. What goes out: changes. A thing that many operations
share (the answer about an entity, a struct, an enum, an error) is compared once, under its own name.
"""

from bdc.changes.rest.operations import rest_changes

__all__ = ["rest_changes"]
