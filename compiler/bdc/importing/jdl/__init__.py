"""A JHipster JDL → the tables that JHipster would make of its entities, as far as a database knows them.

What comes in: the text of a `.jdl`. What goes out: a `Database` with one schema, and what was left out (applications, DTOs, paging,
services: they are of JHipster's generator). Conventions: tables in snake_case, a counted key `id`, enums as text.
"""

from bdc.importing.jdl.database import JdlError, jdl_database

__all__ = ["JdlError", "jdl_database"]
