"""Service level objectives as Prometheus rules, their unit tests, a Grafana dashboard and a runbook per alert.

What comes in: the `slo` of each deploy. What goes out: `infrastructure/monitoring/`. Alerts burn against the error budget in
several windows at once (Google SRE workbook, chapter 5): a page for what eats the month's budget within days, a ticket for what
eats it slowly; each needs a short window too (so that it stops soon after the cause) and a minimum of traffic.
"""

from collections.abc import Iterable
from typing import Any

from bdc.ir import SystemIR
from bdc.naming.dns import label
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.document import to_json, to_yaml
from bdc.output.templates import Templates
from bdc_emitters.monitoring.alerts import alerts_of
from bdc_emitters.monitoring.dashboard import dashboard
from bdc_emitters.monitoring.objectives import objectives_of
from bdc_emitters.monitoring.rule_tests import rule_tests
from bdc_emitters.monitoring.rules import alert_group, rule_groups

ROOT = "infrastructure/monitoring"
COMPONENT = "infrastructure/kubernetes/components/alerts"


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    templates = Templates("bdc_emitters.monitoring")
    objectives, alerts = objectives_of(system), alerts_of(system)
    service = [group for objective in objectives for group in rule_groups(objective)]
    service.append(alert_group("service", (alert for alert in alerts if not alert.cluster)))
    platform = [alert_group("platform", (alert for alert in alerts if alert.cluster))]
    yield GeneratedFile(f"{ROOT}/rules.yml", to_yaml({"groups": service}))
    yield GeneratedFile(f"{ROOT}/platform.yml", to_yaml({"groups": platform}))
    tests = rule_tests(objectives, alerts, ("rules.yml", "platform.yml"))
    yield GeneratedFile(f"{ROOT}/rules_test.yml", to_yaml(tests))
    yield GeneratedFile(f"{ROOT}/dashboards/service.json", to_json(dashboard(system, objectives)))
    for objective in objectives:
        page = templates.render("runbook.md.j2", objective)
        yield GeneratedFile(f"{ROOT}/runbooks/{objective.slug}.md", page)
    for alert in {alert.slug: alert for alert in alerts}.values():
        yield GeneratedFile(f"{ROOT}/runbooks/{alert.slug}.md", templates.render("alert.md.j2", alert))
    if system.apis:
        yield from _component(system, [*service, *platform])


def _component(system: SystemIR, groups: list[dict[str, Any]]) -> Iterable[GeneratedFile]:
    """The same rules as a resource of the Prometheus operator, in a component that overlays name."""
    name = label(system.name)
    rule = {
        "apiVersion": "monitoring.coreos.com/v1",
        "kind": "PrometheusRule",
        "metadata": {"name": name, "namespace": name, "labels": {"app.kubernetes.io/part-of": name}},
        "spec": {"groups": groups},
    }
    kustomization = {
        "apiVersion": "kustomize.config.k8s.io/v1alpha1",
        "kind": "Component",
        "resources": ["alerts.yaml"],
    }
    yield GeneratedFile(f"{COMPONENT}/kustomization.yaml", to_yaml(kustomization))
    yield GeneratedFile(f"{COMPONENT}/alerts.yaml", to_yaml(rule))


EMITTER = Emitter(name="monitoring", emit=emit)
