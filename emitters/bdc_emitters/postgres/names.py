"""Names that this emitter gives: roles, the schema of helpers, and what every statement of a system has in common."""

from dataclasses import dataclass

from bdc.ddl.names import fitted
from bdc.ir import SystemIR

__all__ = ["APP", "Roles", "claim_setting_name", "fitted", "roles_of"]

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
    return Roles(
        *(f"{system.name}_{part}" for part in ("owner", "migrator", "runtime", "service", "readonly"))
    )


def claim_setting_name(claim: str) -> str:
    return f"app.actor_{claim}"
