"""Names that this emitter gives: roles, the schema of helpers, and what every statement of a system has in common."""

from bdc.ddl.names import Name, fitted
from bdc.ir import SystemIR, Table
from bdc.source.records import dataclass

__all__ = ["APP", "Roles", "claim_setting_name", "fitted", "name_of", "roles_of", "schemas_of"]

APP = "app"


@dataclass(frozen=True, slots=True)
class Roles:
    """The roles of a system. `owner` owns all and never logs in; `runtime` is the service and owns nothing; `service` is what
    the runtime becomes for user code that may do more than its caller; `readonly` reads, without personal data."""

    owner: str
    migrator: str
    runtime: str
    service: str
    readonly: str


def roles_of(system: SystemIR) -> Roles:
    return roles_named(system.name)


def roles_named(system: str) -> Roles:
    """Return the roles of the system of this name."""
    return Roles(*(f"{system}_{part}" for part in ("owner", "migrator", "runtime", "service", "readonly")))


def name_of(table: Table) -> Name:
    return Name(table.name, table.schema_name)


def schemas_of(system: SystemIR) -> tuple[str, ...]:
    """Return the schemas that something of the system stands in, beside those that are there anyway."""
    found = {
        *(enum.schema_name for enum in system.enums),
        *(domain.schema_name for domain in system.domains),
        *(table.schema_name for table in system.tables),
    }
    return tuple(sorted(name for name in found if name not in (None, "public", APP) and name is not None))


def claim_setting_name(claim: str) -> str:
    return f"app.actor_{claim}"
