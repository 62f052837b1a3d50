"""What of a system decides which controls and threats it has."""

from bdc.ir import HandlerBody, ScalarField, SystemIR
from bdc.ir.compiled import ANONYMOUS_ROLE
from bdc.source.records import dataclass
from bdc.surface import endpoints
from bdc.surface.sign_in import sign_in_path


@dataclass(frozen=True, slots=True)
class Facts:
    """Each is whether the system has it."""

    api: bool
    tokens: bool
    keys: bool
    graphql: bool
    writes: bool
    tenants: bool
    fields: bool
    encrypted: bool
    audited: bool
    unaudited: bool
    limits: bool
    idempotent: bool
    handlers: bool
    own_sql: bool
    anonymous: bool
    backups: bool
    deploys: bool
    signs_in: bool
    calls: bool


def facts_of(system: SystemIR) -> Facts:
    """Return the facts of a system."""
    offered = endpoints(system)
    operations = [each.operation for each in offered if each.operation is not None]
    auth = {kind for api in system.apis for kind in api.auth}
    rules = [rule for policy in system.policies for rule in policy.rules]
    fields = [field for entity in system.entities for field in entity.fields]
    return Facts(
        api=bool(system.apis),
        tokens="bearer" in auth,
        keys="api_key" in auth,
        graphql=any(api.graphql for api in system.apis),
        writes=any(each.writes for each in offered),
        tenants=any(entity.tenant_root for entity in system.entities),
        fields=any(policy.fields for policy in system.policies),
        encrypted=any(isinstance(field, ScalarField) and field.encrypted for field in fields),
        audited=any(entity.audited for entity in system.entities),
        unaudited=not any(entity.audited for entity in system.entities),
        limits=any(api.limit for api in system.apis),
        idempotent=any(each.repeatable for each in offered),
        handlers=any(isinstance(each.body, HandlerBody) for each in operations),
        own_sql=bool(system.sql_blocks),
        anonymous=any(ANONYMOUS_ROLE in rule.roles for rule in rules)
        or any(ANONYMOUS_ROLE in grant.roles for each in operations for grant in each.allows),
        backups=any(deploy.backup for deploy in system.deploys),
        deploys=bool(system.deploys),
        signs_in=bool(sign_in_path(system)),
        calls=bool(system.externals),
    )
