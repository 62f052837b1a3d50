"""Secrets come from the store of the platform, by External Secrets; their values are in no file."""

from collections.abc import Iterable

from bdc_emitters.kubernetes.facts import Facts, Manifest

PLATFORM_STORE = "platform"
KINDS = {"cluster": "ClusterSecretStore", "namespace": "SecretStore"}


def external_secret(facts: Facts, name: str, keys: Iterable[str]) -> Manifest:
    """Return what makes the Secret `…-NAME` of the properties of one entry of the store."""
    entry = f"{secret_path(facts)}/{name}"
    data = [{"secretKey": key, "remoteRef": {"key": entry, "property": key}} for key in keys]
    return {
        "apiVersion": "external-secrets.io/v1",
        "kind": "ExternalSecret",
        "metadata": facts.metadata("secrets", f"-{name}"),
        "spec": {
            "refreshInterval": "1h",
            "secretStoreRef": store(facts),
            "target": {"name": f"{facts.name}-{name}", "creationPolicy": "Owner"},
            "data": data,
        },
    }


def store(facts: Facts) -> dict[str, str]:
    """Return the reference to the secret store."""
    said = facts.deploy.secrets
    return {
        "kind": KINDS[said.scope if said else "cluster"],
        "name": said.store if said else PLATFORM_STORE,
    }


def secret_path(facts: Facts) -> str:
    """Return the prefix of the entries in the store."""
    said = facts.deploy.secrets
    return facts.name if said is None else said.path or f"{facts.name}/{facts.deploy.name}"
