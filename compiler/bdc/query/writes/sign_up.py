"""Sign-up: the row of a new caller, made as the owner, since no policy speaks of a caller that does not exist yet."""

from dataclasses import replace

from bdc.ir import Entity, InputMember, InputShape, ReferenceField, Resource, SystemIR
from bdc.ir.compiled import CompiledFunction
from bdc.query.names import plain
from bdc.query.policy import Policies
from bdc.query.writes.context import Context
from bdc.query.writes.create import compile_create

SIGN_UP = "sign-up"  # no operation has a hyphen in its name
JOIN, FOUND = "accept-invitation", "found-tenant"
_CALLER, _OWNER = "SECURITY INVOKER AS", "SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS"


def sign_in_functions(system: SystemIR, policies: Policies) -> tuple[CompiledFunction, ...]:
    """Return the functions that make rows for sign-in."""
    return (
        *sign_up_function(system, policies),
        *found_function(system, policies),
        *join_function(system, policies),
    )


def join_function(system: SystemIR, policies: Policies) -> tuple[CompiledFunction, ...]:
    """Return the function that makes the membership of an accepted invitation, within the tenant of the identity that it is given."""
    identity = system.identity
    member = identity.sign_in.membership if identity is not None and identity.sign_in is not None else None
    if identity is None or member is None or not (member.invite or member.found):
        return ()
    entity = system.entity(member.entity)
    names = [member.user, *([member.role] if member.role is not None else [])]
    names += [] if entity.tenant == member.tenant else [member.tenant]
    shape = InputShape(members=tuple(InputMember(field=name, required=name == member.user) for name in names))
    return (_as_owner(system, policies, entity, shape, f"join_{plain(entity.table)}", JOIN),)


def founded(system: SystemIR) -> Entity | None:
    """Return the entity whose rows are tenants that callers make; None where they make none."""
    identity = system.identity
    member = identity.sign_in.membership if identity is not None and identity.sign_in is not None else None
    if member is None or member.found is None:
        return None
    tenant = system.entity(member.entity).field(member.tenant)
    assert isinstance(tenant, ReferenceField)
    return system.entity(tenant.target)


def found_function(system: SystemIR, policies: Policies) -> tuple[CompiledFunction, ...]:
    """Return the function that makes a tenant."""
    entity = founded(system)
    if entity is None:
        return ()
    member = system.identity.sign_in.membership  # type: ignore[union-attr]
    assert member is not None and member.found_input is not None
    return (_as_owner(system, policies, entity, member.found_input, f"found_{plain(entity.table)}", FOUND),)


def _as_owner(
    system: SystemIR, policies: Policies, entity: Entity, shape: InputShape, name: str, operation: str
) -> CompiledFunction:
    assert system.identity is not None
    resource = Resource(
        entity=entity.name, path="", operations=("create",), create=shape, origin=system.identity.origin
    )
    made = compile_create(Context(system, policies, False), resource, name)
    assert _CALLER in made.sql
    return replace(made, operation=operation, sql=made.sql.replace(_CALLER, _OWNER, 1))


def sign_up_function(system: SystemIR, policies: Policies) -> tuple[CompiledFunction, ...]:
    """Return the function that makes the row, where callers may sign up. Its input is what the identity lists and nothing else."""
    identity = system.identity
    if identity is None or identity.sign_in is None or identity.sign_in.sign_up is None:
        return ()
    entity = system.entity(identity.entity)
    name = f"sign_up_{plain(entity.table)}"
    return (_as_owner(system, policies, entity, identity.sign_in.sign_up, name, SIGN_UP),)
