"""What `operations.md` says: the first day, secrets and their rotation, restoring, incidents, capacity."""

from bdc.ir import Deploy, ServiceDeploy, SystemIR
from bdc.ir.sizes import RESERVED_CONNECTIONS, pooled_clients, poolers, server_connections
from bdc.naming.dns import label
from bdc.source.records import dataclass
from bdc_emitters.documentation.deployment import FactView


@dataclass(frozen=True, slots=True)
class OperationsView:
    """`secrets`: entries of the store. `capacity`: what the declared sizes add up to."""

    title: str
    system: str
    name: str
    namespace: str
    path: str
    environment: str
    operators: tuple[FactView, ...]
    secrets: tuple[FactView, ...]
    has_backup: bool
    has_encryption: bool
    has_capacity: bool
    capacity: tuple[FactView, ...]


def operations_view(system: SystemIR) -> OperationsView:
    """Return the view of the page, for the production deploy (else the first one)."""
    deploys = sorted(system.deploys, key=lambda deploy: deploy.name != "production")
    deploy = deploys[0] if deploys else None
    name = label(system.name)
    encrypted = any(
        getattr(field, "encrypted", False) for entity in system.entities for field in entity.fields
    )
    said = deploy.secrets if deploy else None
    path = (said.path or f"{name}/{deploy.name}") if said and deploy else name
    return OperationsView(
        title=system.title,
        system=system.name,
        name=name,
        namespace=(deploy.namespace if deploy else None) or name,
        path=path,
        environment=deploy.name if deploy else "production",
        operators=tuple(_operators(deploy)),
        secrets=tuple(_secrets(deploy, path, encrypted)),
        has_backup=deploy is not None and deploy.backup is not None,
        has_encryption=encrypted,
        has_capacity=deploy is not None,
        capacity=tuple(_capacity(deploy)) if deploy else (),
    )


def _operators(deploy: Deploy | None) -> list[FactView]:
    found = [
        FactView("CloudNativePG", "PostgreSQL, its replicas and its pooler"),
        FactView("External Secrets", "the secrets, from the store of the platform"),
        FactView("Prometheus operator", "metrics, alerts and their routes"),
    ]
    if deploy is None or deploy.ingress is None:
        found.append(FactView("a controller of the Gateway API", "requests from outside"))
    else:
        found.append(FactView("an Ingress controller", "requests from outside"))
    if deploy is not None and deploy.backup is not None:
        found.append(FactView("the Barman Cloud plugin of CloudNativePG", "backups and the write-ahead log"))
    if deploy is not None and deploy.tls is not None and deploy.tls.issuer is not None:
        found.append(FactView("cert-manager", "the certificate of the host"))
    return found


def _secrets(deploy: Deploy | None, path: str, encrypted: bool) -> list[FactView]:
    found = [
        FactView(f"{path}/runtime", "`database_password`: letters and digits, 32 or more"),
        FactView(f"{path}/runtime", "`cursor_key`: 32 random characters"),
    ]
    if encrypted:
        text = "`encryption_keys`: `key-1=` and base64 of 32 random bytes (`openssl rand -base64 32`)"
        found.append(FactView(f"{path}/runtime", text))
    if deploy is not None and deploy.backup is not None and deploy.backup.access == "secret":
        keys = "`access_key_id` and `secret_access_key` of the object store (`application_credentials` for Google)"
        found.append(FactView(f"{path}/backup", keys))
    return found


def _capacity(deploy: Deploy) -> list[FactView]:
    database = deploy.database
    service = deploy.services[0] if deploy.services else ServiceDeploy(api="")
    clients = pooled_clients(deploy, service)
    each, several = server_connections(deploy), poolers(deploy)
    return [
        FactView(
            "Connections of the service to the poolers",
            f"{clients // (database.pool + 1)} replicas in a rollout × ({database.pool} + 1) = {clients}",
        ),
        FactView(
            "Connections of the poolers to the server",
            f"{several} × {each} = {several * each} of {database.connections}; {RESERVED_CONNECTIONS} are kept for migrations and people",
        ),
        FactView("Replicas of the service", f"{service.replicas_min} to {service.replicas_max}"),
    ]
