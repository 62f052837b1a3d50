"""The controls of one system as a document."""

from typing import Any

from bdc.ir import SystemIR
from bdc_emitters.compliance.controls import CONTROLS, PEOPLE, Control
from bdc_emitters.compliance.facts import Facts, facts_of

Data = dict[str, Any]
_NOTE = (
    "Evidence, no statement of compliance. `not-verified`: no test of it has run. `manual`: for people to show."
    " `python -m tests.evidence` writes report.json with the results of a run."
)


def evidence(system: SystemIR) -> Data:
    """Return `evidence.json`: what applies to the system."""
    facts = facts_of(system)
    return {
        "system": system.name,
        "note": _NOTE,
        "frameworks": {
            "owasp": "OWASP API Security Top 10 2023",
            "asvs": "OWASP ASVS 5.0",
            "soc2": "SOC 2 Trust Services Criteria",
            "pci": "PCI DSS 4.0.1",
        },
        "controls": [_row(control) for control in CONTROLS if applies(control, facts)],
    }


def applies(control: Control, facts: Facts) -> bool:
    """Whether a system with these facts has the control."""
    return not control.needs or bool(getattr(facts, control.needs))


def _row(control: Control) -> Data:
    found: Data = {"id": control.id, "title": control.title}
    for name in ("owasp", "asvs", "soc2", "pci"):
        if ids := getattr(control, name):
            found[name] = " ".join(ids)
    if control.places:
        found["places"] = list(control.places)
    if control.tests:
        found["tests"] = list(control.tests)
    return found | {"status": "manual" if control.id in PEOPLE else "not-verified"}
