"""A Prisma schema → the database that Prisma would make of it.

What comes in: the text of a `schema.prisma` for PostgreSQL. What goes out: a `Database`, and what was left out because it happens in
Prisma's client (`cuid()`, `@updatedAt`), not in the database. The conventions are those of Prisma's documentation: names of
constraints, `timestamp(3)`, actions of references, join tables of implicit many-to-many relations.

Read: `parse` (text to blocks), `database` (blocks to tables), `types`, `client_defaults`.
"""

from bdc.importing.prisma.client_defaults import with_client_defaults
from bdc.importing.prisma.database import prisma_database

__all__ = ["prisma_database", "with_client_defaults"]
