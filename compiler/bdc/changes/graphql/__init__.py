"""What GraphQL clients meet.

What comes in: two systems. The schema that the emitter makes of each is compared type by type, so that nothing of what a client
sees is left out. What goes out: changes.
"""

from bdc.changes.graphql.endpoint import graphql_changes

__all__ = ["graphql_changes"]
