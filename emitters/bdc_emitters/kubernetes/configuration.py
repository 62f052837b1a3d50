"""What the service is told: a ConfigMap, whose name changes with its content, so that a rollout and a rollback take it along."""

from bdc.ir import Deploy, DeployText
from bdc_emitters.kubernetes.facts import Facts, Manifest
from bdc_emitters.kubernetes.valkey import address
from bdc_emitters.kubernetes.workload import AUTHORITY

PLACEHOLDERS = {
    "issuer": "https://identity.example.com/",
    "nats": "nats://nats.nats-system:4222",
    "jwks": "https://identity.example.com/.well-known/jwks.json",
}


def config_map(facts: Facts, **more: str) -> Manifest:
    """Return the entry of a kustomization that makes the ConfigMap."""
    literals = [f"{name}={value}" for name, value in configuration(facts).items()]
    options = {"labels": facts.labels("configuration")}
    return {"name": f"{facts.name}-config", **more, "literals": literals, "options": options}


def configuration(facts: Facts) -> dict[str, str]:
    """Return the variables of one deploy; those that a deployment takes from its environment are empty."""
    name = facts.system
    data = {
        "ENVIRONMENT": environment(facts.deploy),
        "DATABASE_URL": f"postgresql://{name}_runtime@{facts.name}-pooler:5432/{name}"
        f"?sslmode=verify-full&sslrootcert={AUTHORITY}/ca.crt",
        "DATABASE_POOL_SIZE": str(facts.database.pool),
        "DATABASE_POOLER": "true",
    }
    if facts.reads_replica:
        data |= _replica(facts)
    if facts.shares_limits:
        data["LIMITS_STORE"] = address(facts)
    if not facts.database.embedded:
        # The gateway adds the address of the caller to X-Forwarded-For; without this, all callers would count as one.
        data["LIMITS_PROXIES"] = "1"
    # Where NATS is; an address with a password belongs into the secrets.
    data |= dict.fromkeys(facts.nats, PLACEHOLDERS["nats"])
    # Where other services are: set them before the first rollout.
    data |= facts.external_settings
    said = {variable: text.text for variable, text in identity_texts(facts).items()}
    return data | {variable: said.get(variable, default) for variable, default in _identity(facts).items()}


def _replica(facts: Facts) -> dict[str, str]:
    """The standbys that some reads may go to, without a pooler between: each connection knows how far its server is. Empty with one server."""
    name, several = facts.system, facts.database.replicas > 1
    url = f"postgresql://{name}_runtime@{facts.name}-db-ro:5432/{name}?sslmode=verify-full&sslrootcert={AUTHORITY}/ca.crt"
    return {
        "DATABASE_REPLICA_URL": url if several else "",
        "DATABASE_REPLICA_POOL_SIZE": str(facts.replica_pool),
    }


def identity_texts(facts: Facts) -> dict[str, DeployText]:
    """Return what the deploy says of its identity, by the variable that the service reads."""
    identity = facts.deploy.identity
    if identity is None:
        return {}
    pairs = (
        (facts.issuer_variable, identity.issuer),
        (facts.jwks_variable, identity.jwks),
        (facts.audience_variable, identity.audience),
    )
    return {variable: text for variable, text in pairs if variable and text is not None}


def _identity(facts: Facts) -> dict[str, str]:
    found = {}
    if facts.issuer_variable:
        found[facts.issuer_variable] = PLACEHOLDERS["issuer"]
    if facts.audience_variable:
        found[facts.audience_variable] = facts.name
    if facts.jwks_variable:
        found[facts.jwks_variable] = PLACEHOLDERS["jwks"]
    return found


def environment(deploy: Deploy) -> str:
    """The service knows three environments; a deploy of another name is held to what production is held to."""
    return deploy.name if deploy.name in ("development", "staging", "production") else "production"
