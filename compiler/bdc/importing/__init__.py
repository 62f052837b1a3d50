"""From what exists to a specification: a live database, a dump, a folder of migrations, or another tool's description.

What comes in: a `Database` that PostgreSQL itself described (SQL is never parsed), or the text of a Prisma schema, a JDL, an OpenAPI
document. What goes out: readable modules of the language, with the rest as `sql` blocks, and a list of what became opaque. What an
import writes is compiled, loaded and compared before it is given out (`converge`): nothing is lost in silence.
"""
