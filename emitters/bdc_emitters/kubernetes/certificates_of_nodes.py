"""Certificates of the servers of a Citus cluster, by cert-manager: an authority of their own, and one certificate that all of them show.

It proves that a connection comes from a server of the cluster, and to clients that they speak to one.
"""

from bdc_emitters.kubernetes.facts import Facts, Manifest

NODE = "citus-node"
_YEAR, _MONTH = "8760h", "720h"


def node_certificates(facts: Facts) -> list[Manifest]:
    """Return the authority, whose Secret has the name that the workloads mount, and the certificate of the servers."""
    names = [f"{facts.name}-db-rw", f"{facts.name}-pooler", f"*.{facts.name}-db"]
    authority = {
        "isCA": True,
        "commonName": f"{facts.name}-db-ca",
        "secretName": f"{facts.name}-db-ca",
        "duration": "87600h",
        "renewBefore": _YEAR,
        "privateKey": {"algorithm": "ECDSA", "size": 256},
        "issuerRef": {"kind": "Issuer", "name": f"{facts.name}-citus-self"},
    }
    server = {
        "commonName": NODE,
        "secretName": f"{facts.name}-citus-node",
        "duration": _YEAR,
        "renewBefore": _MONTH,
        "dnsNames": names,
        "usages": ["server auth", "client auth"],
        "privateKey": {"algorithm": "ECDSA", "size": 256, "rotationPolicy": "Always"},
        "issuerRef": {"kind": "Issuer", "name": f"{facts.name}-citus"},
    }
    return [
        _made(facts, "Issuer", "-citus-self", {"selfSigned": {}}),
        _made(facts, "Certificate", "-db-ca", authority),
        _made(facts, "Issuer", "-citus", {"ca": {"secretName": f"{facts.name}-db-ca"}}),
        _made(facts, "Certificate", "-citus-node", server),
    ]


def _made(facts: Facts, kind: str, suffix: str, spec: Manifest) -> Manifest:
    metadata = facts.metadata("database", suffix)
    return {"apiVersion": "cert-manager.io/v1", "kind": kind, "metadata": metadata, "spec": spec}
