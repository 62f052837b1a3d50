"""The functions of schema `app`: what triggers call, and the few definer functions that the service may."""

from collections.abc import Iterator

from bdc.ddl.names import Name
from bdc.ddl.nodes import CreateFunction, CreateTrigger, Grant, Privilege, Statement
from bdc.ir import SystemIR
from bdc.query.functions import UUID7_HELPER, uuid7_function
from bdc.schema.api_keys import create_key_look_up, grant_key_look_up, keys_of_rows
from bdc.schema.bodies import body
from bdc.schema.names import APP, Roles
from bdc.schema.system_tables import AUDIT_LOG

REFUSE_CHANGE = Name("refuse_change", APP)
REFUSE_TRANSITION = Name("refuse_transition", APP)
_REFUSE_REWRITE = Name("refuse_rewrite", APP)
_EXECUTE = (Privilege("execute"),)


def create_helpers(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    yield from _uuid7(system, roles)
    for name in (REFUSE_CHANGE, REFUSE_TRANSITION):
        yield CreateFunction(name, body(name.name))
    yield from _audit(system)
    yield from _readers(system, roles)


def _uuid7(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    if uuid7_function(system) != UUID7_HELPER:
        return
    name = Name("uuid7", APP)
    yield CreateFunction(name, body("uuid7"), returns="uuid", language="sql")
    yield Grant(_EXECUTE, "function", name, (roles.runtime, roles.service), signature="")


def _audit(system: SystemIR) -> Iterator[Statement]:
    pruned = system.audit is not None and system.audit.keep is not None
    yield CreateFunction(
        _REFUSE_REWRITE, body("refuse_rewrite_unless_pruned" if pruned else "refuse_rewrite")
    )
    table = Name(AUDIT_LOG.name, APP)
    events = "update or delete or truncate"
    yield CreateTrigger("audit_log_only_grows", table, "before", events, _REFUSE_REWRITE, per_row=False)


def _readers(system: SystemIR, roles: Roles) -> Iterator[Statement]:
    yield from () if keys_of_rows(system) else create_key_look_up(system)
    level = Name("migration_level", APP)
    yield CreateFunction(
        level, body("migration_level"), returns="text", language="sql", definer=True, volatility="stable"
    )
    yield from () if keys_of_rows(system) else grant_key_look_up(roles)
    yield Grant(_EXECUTE, "function", level, (roles.runtime,), signature="")
