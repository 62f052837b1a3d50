"""Delete: for good, or by a mark that every read takes for absence."""

from dataclasses import replace

from sqlglot import exp

from bdc.ir import Resource
from bdc.ir.compiled import CompiledFunction
from bdc.query.relations import deletion_column
from bdc.query.trees import call, negation
from bdc.query.writes import change, hooks, statements
from bdc.query.writes.answer import read_back, status
from bdc.query.writes.assemble import assemble
from bdc.query.writes.change import Change
from bdc.query.writes.context import Context
from bdc.query.writes.names import FOUND, variable
from bdc.query.writes.plpgsql import Assign, Statement, When
from bdc.query.writes.signature import Signature, sql_name


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
    key = [variable(sql_name(each)) for each in context.keys(entity)]
    hooked = hooks.hooked_delete(removal.context, resource, entity, key)
    body: list[Statement] = [*removal.apply(statement), status(204)]
    if hooked is not None:
        body = _with_hooks(removal, statement, hooked, signature)
    return assemble(
        removal.context,
        removal.context.function_name(entity.name, "delete"),
        entity.name,
        "delete",
        signature,
        body,
        (*change.VARIABLES, *hooks.VARIABLES),
    )


def _with_hooks(
    removal: Change, statement: exp.Expression, hooked: hooks.Hooked, signature: Signature
) -> list[Statement]:
    """Return the statements of a removal with hooks. Its row is locked as the operation: the right to delete is none to change."""
    after = hooked.after()
    own = [removal.lock()] if hooked.hook.body.requires or after else []
    found = hooked.opened(*hooked.locks(hooked.column_before, own=True), *own)
    refused = [When(negation(variable(FOUND)), removal.explain())] if own else []
    told: list[Statement] = []
    if hooked.hook.emits:
        told = [read_back(removal.context, removal.entity, removal.key()), *hooked.told(signature)]
    return [
        *found,
        *refused,
        *hooked.opened(*hooked.required(hooked.stored)),
        *told,
        *hooked.remembered(after),
        *removal.apply(statement),
        *after,
        status(204),
        *([Assign("etag", exp.Null()), Assign("body", exp.Null())] if told else []),
    ]
