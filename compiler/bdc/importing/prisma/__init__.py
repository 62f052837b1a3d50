"""A Prisma schema → the database that Prisma would make of it.

What comes in: a `schema.prisma`, or a folder with its files, for PostgreSQL; types of other databases become those that hold the same. What goes out: a `Database`, and what was left out because it happens in
Prisma's client (`cuid()`, `@updatedAt`), not in the database. The conventions are those of Prisma's documentation: names of
constraints, `timestamp(3)`, actions of references, join tables of implicit many-to-many relations.
"""

from bdc.importing.prisma.database import prisma_database
from bdc.importing.prisma.files import PrismaSource, read_prisma

__all__ = ["PrismaSource", "prisma_database", "read_prisma"]
