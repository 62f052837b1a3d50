"""The state of the database that a specification asks for: what the last migration has to reach."""

from bdc.catalog import Database, assemble
from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.schema.shapes import with_shapes
from bdc.schema.statements import schema


def physical_state(system: SystemIR, queries: CompiledQueries) -> Database:
    """Return all objects that the owner makes for `system`, as the statements of the first migration would make them."""
    return with_shapes(assemble(schema(system, queries)), system)
