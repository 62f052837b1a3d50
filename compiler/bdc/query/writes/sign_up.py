"""Sign-up: the row of a new caller, made as the owner, since no policy speaks of a caller that does not exist yet."""

from dataclasses import replace

from bdc.ir import Resource, SystemIR
from bdc.ir.compiled import CompiledFunction
from bdc.query.names import plain
from bdc.query.policy import Policies
from bdc.query.writes.context import Context
from bdc.query.writes.create import compile_create

SIGN_UP = "sign-up"  # no operation has a hyphen in its name
_CALLER, _OWNER = "SECURITY INVOKER AS", "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS"


def sign_up_function(system: SystemIR, policies: Policies) -> tuple[CompiledFunction, ...]:
    """Return the function that makes the row, where callers may sign up. Its input is what the identity lists and nothing else."""
    identity = system.identity
    if identity is None or identity.sign_in is None or identity.sign_in.sign_up is None:
        return ()
    entity = system.entity(identity.entity)
    resource = Resource(
        entity=entity.name,
        path="",
        operations=("create",),
        create=identity.sign_in.sign_up,
        origin=identity.origin,
    )
    context = Context(system, policies, False)
    made = compile_create(context, resource, f"sign_up_{plain(entity.table)}")
    assert _CALLER in made.sql
    return (replace(made, operation=SIGN_UP, sql=made.sql.replace(_CALLER, _OWNER, 1)),)
