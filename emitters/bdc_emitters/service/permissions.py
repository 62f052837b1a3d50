"""`services/security/permissions.py`: what roles each operation needs before any row is looked at."""

from collections.abc import Iterator

from bdc.ir import Operation, SystemIR
from bdc.ir.compiled import ANONYMOUS_ROLE
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.policy.layers import Layer
from bdc.policy.matrix import Matrix, matrix_of
from bdc.source.records import dataclass
from bdc.surface.names import surface_names

TEMPLATES = Templates("bdc_emitters.service")
_READS = {"list": "read", "get": "read"}


@dataclass(frozen=True, slots=True)
class PermissionView:
    constant: str
    operation: str
    roles: tuple[str, ...]
    by_row: bool
    rule: str
    because: str

    @property
    def arguments(self) -> tuple[str, ...]:
        """The arguments of `permission`; what it says by itself is left out."""
        given = [repr(self.operation), repr(self.roles), repr(self.rule)]
        given += [repr(self.because)] if self.because else []
        return (*given, "by_row=True") if self.by_row else tuple(given)


@dataclass(frozen=True, slots=True)
class PermissionsView:
    permissions: tuple[PermissionView, ...]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the module."""
    rules = context.readings.get(Layer.PERMISSIONS, system)
    view = PermissionsView(tuple(permission_views(rules, matrix_of(rules))))
    yield GeneratedFile("services/security/permissions.py", TEMPLATES.render("permissions.py.j2", view))


def permission_views(system: SystemIR, matrix: Matrix) -> Iterator[PermissionView]:
    """Yield what each operation of each api needs."""
    for api in system.apis:
        for resource in api.resources:
            for name in resource.offered:
                yield _permission(system, matrix, resource.entity, name, _READS.get(name, name))
            for operation in resource.custom:
                yield _permission(system, matrix, resource.entity, operation.name, operation.name)
        for operation in api.operations:
            yield _free(system, matrix, operation)


def _permission(system: SystemIR, matrix: Matrix, entity: str, name: str, action: str) -> PermissionView:
    roles, by_row = _callers(matrix, entity, action)
    policy = system.policy(entity)
    rules = [rule for rule in (policy.rules if policy else ()) if action in rule.actions]
    allowing = [rule for rule in rules if rule.effect == "allow"]
    because = next((rule.because for rule in allowing if rule.because), None)
    return PermissionView(
        constant=surface_names(system).operations[entity, name],
        operation=f"{entity}.{name}",
        roles=roles,
        by_row=by_row,
        rule=allowing[0].id if allowing else f"{entity}.default",
        because=because or "",
    )


def _free(system: SystemIR, matrix: Matrix, operation: Operation) -> PermissionView:
    roles, by_row = _callers(matrix, None, operation.name)
    return PermissionView(
        constant=surface_names(system).operations[None, operation.name],
        operation=operation.name,
        roles=roles,
        by_row=by_row,
        rule=f"{operation.name}.allow",
        because="",
    )


def _callers(matrix: Matrix, entity: str | None, action: str) -> tuple[tuple[str, ...], bool]:
    """Return the claim roles that may, and whether a caller without any of them may on some row."""
    claims = {role.name for role in matrix.claim_roles} | {ANONYMOUS_ROLE}
    able = matrix.callers(entity, action)
    return tuple(sorted(claims.intersection(able))), not claims.issuperset(able)
