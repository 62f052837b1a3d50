"""The image of the emitted service, and a compose file that runs it beside PostgreSQL.

What comes in: names and paths of the system. What goes out: `infrastructure/docker/`, `.dockerignore`, and the hash-locked
requirements that image, CI and developers install from (kept in `runtime/`, copied verbatim).
"""

from collections.abc import Iterable
from importlib.resources import files
from typing import Any

from bdc.ir import SystemIR, variable_of
from bdc.naming.dns import label
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.document import to_yaml
from bdc.output.requirements import Requirements, with_requirements
from bdc.output.runtime import runtime_files
from bdc.output.templates import Templates
from bdc.query.consuming import nats_variables
from bdc.query.refreshed import refreshed_views
from bdc.schema.extensions import extensions
from bdc.source.records import dataclass
from bdc.surface.mails import mail_senders
from bdc_emitters.docker.citus import CITUS_IMAGE, NODE_COMMAND, WORKERS, citus_services, cluster_config

PACKAGE = "bdc_emitters.docker"
ROOT = "infrastructure/docker"


@dataclass(frozen=True, slots=True)
class DockerView:
    """What the Dockerfile names. `uid`: above the range that users of the host have."""

    title: str
    name: str
    uid: int = 10001
    port: int = 8080


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    templates = Templates(PACKAGE)
    view = DockerView(title=system.title, name=label(system.name))
    yield GeneratedFile(f"{ROOT}/Dockerfile", templates.render("Dockerfile.j2", view))
    yield GeneratedFile(f"{ROOT}/compose.yaml", to_yaml(_compose(system, view), header=COMPOSE_HEADER))
    yield GeneratedFile(".dockerignore", templates.render("dockerignore.j2", view))
    copied = list(runtime_files(PACKAGE))
    signs_in = system.identity is not None and system.identity.sign_in is not None
    if signs_in:
        copied = with_requirements(copied, _added("sign_in"), "Hashes of passwords.")
    if system.jobs:
        copied = with_requirements(copied, _added("jobs"), "The queue of jobs, and its worker.")
    if system.mails:
        copied = with_requirements(copied, _added("mail"), "Mails: their templates, and the way to a server.")
    if system.stream is not None or system.consumers:
        copied = with_requirements(copied, _added("stream"), "The client of NATS.")
    if system.shares_limits:
        copied = with_requirements(copied, _added("valkey"), "Limits that all processes count together.")
    yield from copied


def _added(name: str) -> Requirements:
    """Return what a part needs beside what every service runs on."""
    folder = files(PACKAGE).joinpath("added")
    texts = (folder.joinpath(f"{name}.{kind}").read_text(encoding="utf-8") for kind in ("in", "lock"))
    return Requirements(*texts)


COMPOSE_HEADER = """The service beside a PostgreSQL of its own: docker compose -f infrastructure/docker/compose.yaml up --build
For a machine of your own only: the database takes any password on this network."""


def _compose(system: SystemIR, view: DockerView) -> dict[str, object]:
    version = system.deploys[0].database.version if system.deploys else 18
    admin = f"postgresql://postgres@database:5432/{system.name}"
    build = {"context": "../..", "dockerfile": f"{ROOT}/Dockerfile"}
    replication = {"configs": {"replication": {"content": _LET_IN}}} if system.reads_replica else {}
    return {
        "name": view.name,
        **replication,
        **(cluster_config(system) if system.sharded else {}),
        "services": {
            "database": {
                "image": _server(system, version),
                "environment": {"POSTGRES_DB": system.name, "POSTGRES_HOST_AUTH_METHOD": "trust"},
                **_followed(system),
                **({"command": NODE_COMMAND} if system.sharded else {}),
                "healthcheck": {
                    "test": ["CMD", "pg_isready", "-U", "postgres"],
                    "interval": "2s",
                    "retries": 30,
                },
                "volumes": ["database:/var/lib/postgresql"],
            },
            "migrate": _migration(system, build, admin),
            **(citus_services(system) if system.sharded else {}),
            "api": {
                "build": build,
                "environment": {
                    "ENVIRONMENT": "development",
                    "DATABASE_URL": f"postgresql://{system.name}_runtime@database:5432/{system.name}",
                    **_replica(system),
                    **({"DATABASE_POOLER": "true"} if system.sharded else {}),
                    **({"LIMITS_STORE": "valkey://valkey:6379"} if system.shares_limits else {}),
                    **_tokens(system),
                    **_others(system),
                },
                "ports": [f"127.0.0.1:8000:{view.port}"],
                "volumes": ["${KEYS:-./keys}:/run/keys:ro"],
                "restart": "on-failure",
                "read_only": True,
                "cap_drop": ["ALL"],
                "security_opt": ["no-new-privileges:true"],
                "tmpfs": ["/tmp"],
                "depends_on": {"migrate": {"condition": "service_completed_successfully"}},
            },
            **_standby(system, version),
            **({"valkey": _VALKEY} if system.shares_limits else {}),
            **_refresh(system, build, admin),
            **_worker(system, build),
            **_relay(system, build),
            **_mailpit(system),
        },
        "volumes": {
            "database": {},
            **({"standby": {}} if system.reads_replica else {}),
            **({name: {} for name in WORKERS} if system.sharded else {}),
            **({"nats": {}} if nats_variables(system) else {}),
        },
    }


def _migration(system: SystemIR, build: dict[str, str], admin: str) -> dict[str, object]:
    """What migrates: once the server answers, or the servers of Citus are joined."""
    before = ("cluster", "completed_successfully") if system.sharded else ("database", "healthy")
    return {
        "build": build,
        "entrypoint": ["python", "-m", "database.migrate", "up", "--all", "--seed"],
        # Seeds of encrypted fields need the keys of this environment.
        "environment": {"ENVIRONMENT": "development", "MIGRATION_DATABASE_URL": admin},
        "depends_on": {before[0]: {"condition": f"service_{before[1]}"}},
    }


# Connections for replication are none of a database: the image's own rules do not let them in.
_LET_IN = """grep -q '^host replication' "$$PGDATA/pg_hba.conf" || echo 'host replication all all trust' >> "$$PGDATA/pg_hba.conf"
"""
_FOLLOW = """set -e
mkdir -p "$$PGDATA" && chown -R postgres:postgres "$$(dirname "$$PGDATA")" && chmod 700 "$$PGDATA"
if [ ! -s "$$PGDATA/PG_VERSION" ]; then
  gosu postgres pg_basebackup -d 'postgresql://postgres@database:5432/?application_name=standby' -D "$$PGDATA" -R --checkpoint=fast
fi
exec gosu postgres postgres -D "$$PGDATA" -c hot_standby_feedback=on
"""


_VALKEY: dict[str, object] = {
    "image": "valkey/valkey:8.1-alpine",
    "command": ["valkey-server", "--save", "", "--appendonly", "no"],
    "restart": "on-failure",
}


def _server(system: SystemIR, version: int) -> str:
    """Return the image of PostgreSQL: one that has pgvector, where columns or indexes need it, or Citus."""
    if system.sharded:
        return CITUS_IMAGE
    needed = {each.name for each in extensions(system)}
    return f"pgvector/pgvector:pg{version}" if "vector" in needed else f"postgres:{version}"


def _followed(system: SystemIR) -> dict[str, object]:
    if not system.reads_replica:
        return {}
    return {"configs": [{"source": "replication", "target": "/docker-entrypoint-initdb.d/replication.sh"}]}


def _replica(system: SystemIR) -> dict[str, str]:
    if not system.reads_replica:
        return {}
    return {"DATABASE_REPLICA_URL": f"postgresql://{system.name}_runtime@standby:5432/{system.name}"}


def _standby(system: SystemIR, version: int) -> dict[str, object]:
    """A second server that follows the first, where operations read replicas. The service starts without it, and does not need it."""
    if not system.reads_replica:
        return {}
    service = {
        "image": _server(system, version),
        "entrypoint": ["bash", "-c", _FOLLOW],
        "healthcheck": {"test": ["CMD", "pg_isready", "-U", "postgres"], "interval": "2s", "retries": 30},
        "volumes": ["standby:/var/lib/postgresql"],
        "restart": "on-failure",
        "depends_on": {"database": {"condition": "service_healthy"}},
    }
    return {"standby": service}


def _relay(system: SystemIR, build: dict[str, str]) -> dict[str, object]:
    """What delivers events, where some are sent. In development endpoints may be on this network."""
    if not system.has_relay:
        return {}
    service: dict[str, Any] = {
        "build": build,
        "entrypoint": ["python", "-m", "services.relay"],
        "environment": {
            "ENVIRONMENT": "development",
            "DATABASE_URL": f"postgresql://{system.name}_runtime@database:5432/{system.name}",
            **_tokens(system),
        },
        "volumes": ["${KEYS:-./keys}:/run/keys:ro"],
        "restart": "on-failure",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "tmpfs": ["/tmp"],
        "depends_on": {"migrate": {"condition": "service_completed_successfully"}},
    }
    variables = nats_variables(system)
    if not variables:
        return {"relay": service}
    service["environment"] |= dict.fromkeys(variables, "nats://nats:4222")
    nats = {"image": "nats:2", "command": ["-js", "-sd", "/data"], "volumes": ["nats:/data"]}
    return {"relay": service, "nats": nats}


def _mailpit(system: SystemIR) -> dict[str, object]:
    """What takes messages in development, where some are sent, and shows them on port 8025."""
    if not system.mails:
        return {}
    service = {"image": "axllent/mailpit:v1.27", "ports": ["127.0.0.1:8025:8025"], "cap_drop": ["ALL"]}
    return {"mail": service | {"security_opt": ["no-new-privileges:true"]}}


def _refresh(system: SystemIR, build: dict[str, str], admin: str) -> dict[str, object]:
    """What keeps materialized views fresh, where there are any."""
    views = [f"{view.sql}={view.seconds}" for view in refreshed_views(system)]
    if not views:
        return {}
    service = {
        "build": build,
        "entrypoint": ["python", "-m", "database.refresh", *views],
        "environment": {"ENVIRONMENT": "development", "MIGRATION_DATABASE_URL": admin},
        "depends_on": {"migrate": {"condition": "service_completed_successfully"}},
    }
    return {"refresh": service}


def _worker(system: SystemIR, build: dict[str, str]) -> dict[str, object]:
    """What runs the jobs, where there are any."""
    if not system.jobs:
        return {}
    service = {
        "build": build,
        "entrypoint": ["python", "-m", "services.worker", "--host", "0.0.0.0", "--port", "8081"],  # nosec B104
        "environment": {
            "ENVIRONMENT": "development",
            "DATABASE_URL": f"postgresql://{system.name}_runtime@database:5432/{system.name}",
            **_tokens(system),
            **_others(system),
        },
        "volumes": ["${KEYS:-./keys}:/run/keys:ro"],
        "restart": "on-failure",
        "read_only": True,
        "cap_drop": ["ALL"],
        "security_opt": ["no-new-privileges:true"],
        "tmpfs": ["/tmp"],
        "depends_on": {"migrate": {"condition": "service_completed_successfully"}},
    }
    return {"worker": service}


EMITTER = Emitter(name="docker", emit=emit)


def _tokens(system: SystemIR) -> dict[str, str]:
    """Return the variables that the identity reads, with the keys of the folder beside the file."""
    identity = system.identity
    defaults = (("issuer", "bdc-development"), ("jwks", "/run/keys/jwks.json"))
    found = [(variable_of(getattr(identity, member, None)), value) for member, value in defaults]
    if identity is not None and identity.audience_variable:
        found.append((identity.audience_variable, system.name))
    return {name: f"${{{name}:-{value}}}" for name, value in found if name}


def _others(system: SystemIR) -> dict[str, str]:
    """Return the variables of other services (in development each is a fake, unless `EXTERNAL_SERVICES` is `real`), and of mail."""
    names = dict.fromkeys(name for each in system.externals for name in each.variables)
    names |= dict.fromkeys(mail_senders(system))
    server = {"SMTP_URL": "${SMTP_URL:-smtp://mail:1025}"} if system.mails else {}
    return server | {
        name: f"${{{name}:-}}" for name in (*(("EXTERNAL_SERVICES",) if system.externals else ()), *names)
    }
