"""Names that this emitter gives: roles, the schema of helpers, and what every statement of a system has in common."""

from dataclasses import dataclass
from hashlib import sha256

from bdc.ir import SystemIR

APP = "app"
_LONGEST = 63  # bytes; PostgreSQL cuts what is longer, and two names may become one


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


def fitted(name: str) -> str:
    """Return `name`, or its beginning and a digest when PostgreSQL would cut it."""
    if len(name) <= _LONGEST:
        return name
    return f"{name[: _LONGEST - 9]}_{sha256(name.encode()).hexdigest()[:8]}"
