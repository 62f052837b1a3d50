"""Where alerts go: one receiver for those that page, one for those that open a ticket."""

from bdc.ir import DeployText
from bdc_emitters.kubernetes.facts import Facts, Manifest

RECEIVERS = ("page", "ticket")


def alert_routes(facts: Facts) -> list[Manifest]:
    """Return the routes of Alertmanager; none where the deploy says no receiver."""
    found = receivers(facts)
    if not found:
        return []
    routes = [
        {
            "receiver": name,
            "matchers": [{"name": "severity", "value": name}],
            "groupWait": "10s" if name == "page" else "5m",
            "repeatInterval": "1h" if name == "page" else "24h",
        }
        for name in found
    ]
    return [
        {
            "apiVersion": "monitoring.coreos.com/v1alpha1",
            "kind": "AlertmanagerConfig",
            "metadata": facts.metadata("monitoring"),
            "spec": {
                "route": {"receiver": next(iter(found)), "groupBy": ["alertname", "slo"], "routes": routes},
                "receivers": [
                    {"name": name, "webhookConfigs": [{"url": text.text, "sendResolved": True}]}
                    for name, text in found.items()
                ],
            },
        }
    ]


def receivers(facts: Facts) -> dict[str, DeployText]:
    """Return the webhooks that the deploy says, by receiver."""
    said = facts.deploy.alerts
    pairs = ((name, getattr(said, name)) for name in RECEIVERS) if said is not None else ()
    return {name: text for name, text in pairs if text is not None}
