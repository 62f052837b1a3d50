"""Delete: for good, or by a mark that every read takes for absence."""

from dataclasses import replace

from sqlglot import exp

from bdc.ir import Resource
from bdc.ir.compiled import CompiledFunction
from bdc.query.relations import deletion_column
from bdc.query.trees import call
from bdc.query.writes import change, statements
from bdc.query.writes.answer import status
from bdc.query.writes.assemble import assemble
from bdc.query.writes.change import Change
from bdc.query.writes.context import Context


def compile_delete(context: Context, resource: Resource) -> CompiledFunction:
    """Return the function `<entity>_delete(identity…, key…, if_match)`."""
    entity = context.system.entity(resource.entity)
    removal = Change(context.fresh(), entity, "delete")
    mark = deletion_column(entity)
    if mark is None and not context.inline:
        # A lock is an UPDATE to row level security: what may be locked and was not deleted, may not be deleted.
        removal = replace(removal, reasons=removal.forbid())
    statement: exp.Expression
    statement = (
        removal.set({mark: call("now")}) if mark else statements.delete(removal.target(), removal.where())
    )
    signature = context.signature(*removal.parameters(), *removal.if_match())
    body = [*removal.apply(statement), status(204)]
    return assemble(
        removal.context,
        removal.context.function_name(entity.name, "delete"),
        entity.name,
        "delete",
        signature,
        body,
        change.VARIABLES,
    )
