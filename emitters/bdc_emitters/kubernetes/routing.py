"""How requests reach the service in one environment: its host, the Gateway or the Ingress controller, and the certificate."""

from bdc_emitters.kubernetes.components import certificate_secret, host, parent
from bdc_emitters.kubernetes.facts import Facts, Manifest
from bdc_emitters.kubernetes.patches import Change, patch


def routing_patches(facts: Facts) -> list[Manifest]:
    """Return what differs from the component that routes."""
    if facts.deploy.ingress is None:
        changes = [Change("/spec/hostnames/0", host(facts)), Change("/spec/parentRefs/0", parent(facts))]
        return [patch("HTTPRoute", facts.name, changes)]
    return [patch("Ingress", facts.name, _ingress(facts))]


def _ingress(facts: Facts) -> list[Change]:
    ingress, tls = facts.deploy.ingress, facts.deploy.tls
    changes = [
        Change("/spec/rules/0/host", host(facts)),
        Change("/spec/tls/0", {"hosts": [host(facts)], "secretName": certificate_secret(facts)}),
    ]
    if ingress is not None and ingress.ingress_class is not None:
        changes.append(Change("/spec/ingressClassName", ingress.ingress_class, "add"))
    if tls is not None and tls.issuer is not None:
        annotation = {"cert-manager.io/cluster-issuer": tls.issuer}
        changes.append(Change("/metadata/annotations", annotation, "add"))
    return changes
