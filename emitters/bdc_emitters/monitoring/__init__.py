"""Service level objectives as Prometheus rules, their unit tests, a Grafana dashboard and a runbook per alert.

What comes in: the `slo` of each deploy. What goes out: `infrastructure/monitoring/`. Alerts burn against the error budget in
several windows at once (Google SRE workbook, chapter 5): a page for what eats the month's budget within days, a ticket for what
eats it slowly; each needs a short window too (so that it stops soon after the cause) and a minimum of traffic.
"""

from collections.abc import Iterable

from bdc.ir import SystemIR
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.document import to_json, to_yaml
from bdc.output.templates import Templates
from bdc_emitters.monitoring.dashboard import dashboard
from bdc_emitters.monitoring.objectives import objectives_of
from bdc_emitters.monitoring.rule_tests import rule_tests
from bdc_emitters.monitoring.rules import rule_groups

ROOT = "infrastructure/monitoring"


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    templates = Templates("bdc_emitters.monitoring")
    objectives = objectives_of(system)
    groups = [group for objective in objectives for group in rule_groups(objective)]
    yield GeneratedFile(f"{ROOT}/rules.yml", to_yaml({"groups": groups}))
    yield GeneratedFile(f"{ROOT}/rules_test.yml", to_yaml(rule_tests(objectives)))
    yield GeneratedFile(f"{ROOT}/dashboards/service.json", to_json(dashboard(system, objectives)))
    for objective in objectives:
        yield GeneratedFile(
            f"{ROOT}/runbooks/{objective.slug}.md", templates.render("runbook.md.j2", objective)
        )


EMITTER = Emitter(name="monitoring", emit=emit)
