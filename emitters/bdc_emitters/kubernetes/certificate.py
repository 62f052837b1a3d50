"""The certificate of the host where a Gateway routes. An Ingress asks for its own, by an annotation."""

from bdc_emitters.kubernetes.components import certificate_secret, host, parent
from bdc_emitters.kubernetes.facts import Facts, Manifest


def certificate_manifests(facts: Facts) -> list[Manifest]:
    """Return the certificate, and the leave for the Gateway to read it: its listener names this Secret in `certificateRefs`."""
    tls = facts.deploy.tls
    if tls is None or facts.deploy.ingress is not None or facts.database.embedded:
        return []
    found = [_grant(facts)]
    return [_certificate(facts, tls.issuer), *found] if tls.issuer is not None else found


def _certificate(facts: Facts, issuer: str) -> Manifest:
    return {
        "apiVersion": "cert-manager.io/v1",
        "kind": "Certificate",
        "metadata": facts.metadata("network", "-tls"),
        "spec": {
            "secretName": certificate_secret(facts),
            "dnsNames": [host(facts)],
            "issuerRef": {"kind": "ClusterIssuer", "name": issuer},
        },
    }


def _grant(facts: Facts) -> Manifest:
    gateway = {
        "group": "gateway.networking.k8s.io",
        "kind": "Gateway",
        "namespace": parent(facts)["namespace"],
    }
    return {
        "apiVersion": "gateway.networking.k8s.io/v1beta1",
        "kind": "ReferenceGrant",
        "metadata": facts.metadata("network", "-tls"),
        "spec": {
            "from": [gateway],
            "to": [{"group": "", "kind": "Secret", "name": certificate_secret(facts)}],
        },
    }
