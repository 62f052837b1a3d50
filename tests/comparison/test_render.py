"""The same comparison for people, for programs and for a pull request."""

import json
from datetime import date
from pathlib import Path

from bdc.changes import Change
from bdc.comparison import Approval, Comparison, Snapshot, judge
from bdc.comparison.render import render_json, render_markdown, render_text
from bdc.comparison.rollout import rollout
from bdc.comparison.verdict import GateVerdict, verdict
from bdc.diagnostics import Diagnostic
from bdc.ir import Origin
from bdc.plan import Hazard, Operation, Planned
from tests.support.specs import expect

HERE = Path(__file__).parent / "expected"
AT = Origin(file="shop.bds", line=4, column=3)
CHANGES = (
    Change("rest.property-removed", "Customer.email", "`email` is gone", "Keep it | for a while.", AT),
    Change("rest.property-added", "Customer.mail", "`mail` is new", origin=AT),
    Change(
        "policy.access-gained",
        "Order.delete member",
        "member may delete Order always instead of never",
        "",
        AT,
    ),
    Change(
        "configuration.variable-required", "production KEYS", "needs KEYS", "Set KEYS in production first."
    ),
)
OPERATIONS = (
    Operation(
        id="01-add-column-customer-mail",
        title="add column mail to customer",
        phase="expand",
        group=1,
        file="01_expand.sql",
        locks={"public.customer": "ACCESS EXCLUSIVE"},
    ),
    Operation(
        id="02-drop-column-customer-email",
        title="drop column email of customer",
        phase="contract",
        group=2,
        file="03_contract.sql",
        locks={"public.customer": "ACCESS EXCLUSIVE"},
        hazards=(Hazard(code="data-loss", object="customer.email", message="values of <email> are dropped"),),
    ),
)
APPROVALS = (
    Approval("data-loss", "customer.email", "kept in mail", "ann@acme.test", date(2030, 1, 1)),
    Approval("rest.property-removed", "Customer.email", "too old", "ann@acme.test", date(2026, 1, 1)),
)
TODAY = date(2026, 11, 28)
JUDGEMENT = judge(APPROVALS, CHANGES, OPERATIONS, TODAY)


def comparison(refusals: tuple[Diagnostic, ...] = ()) -> Comparison:
    planned = Planned(operations=OPERATIONS)
    return Comparison(
        Snapshot("git:main", None),
        Snapshot("shop", None),
        CHANGES,
        planned,
        refusals,
        rollout(CHANGES, OPERATIONS),
    )


def gate(refusals: tuple[Diagnostic, ...] = ()) -> GateVerdict:
    return verdict(comparison(refusals), JUDGEMENT, "breaking")


def test_text() -> None:
    expect(HERE / "diff.txt", render_text(comparison(), JUDGEMENT, gate()) + "\n")


def test_text_has_colours_only_when_asked() -> None:
    plain, coloured = (
        render_text(comparison(), JUDGEMENT, gate(), colour=colour) for colour in (False, True)
    )
    assert "\x1b" not in plain and "\x1b[1;31mbreaking" in coloured


def test_markdown() -> None:
    """No text ends a cell or opens a tag."""
    text = render_markdown(comparison(), JUDGEMENT, gate(), TODAY)
    expect(HERE / "diff.md", text)
    assert "for a while" in text and "| for a while" not in text.replace("\\|", "") and "<email>" not in text


def test_json() -> None:
    data = json.loads(render_json(comparison(), JUDGEMENT, gate()))
    assert (data["severity"], data["bump"]) == ("breaking", "major")
    assert data["verdict"]["fails"] and data["verdict"]["reason"].startswith("fails: 2 breaking changes not")
    assert [each["pin"] for each in data["verdict"]["open"]] == [CHANGES[0].pin, CHANGES[3].pin]
    assert data["changes"][0] == {
        "code": "rest.property-removed",
        "surface": "rest",
        "severity": "breaking",
        "bump": "major",
        "place": "Customer.email",
        "message": "`email` is gone",
        "help": "Keep it | for a while.",
        "origin": {"file": "shop.bds", "line": 4, "column": 3},
        "security": False,
        "access": None,
        "cause": None,
        "pin": CHANGES[0].pin,
        "approved": None,
    }
    assert data["operations"][1]["hazards"][0]["approved"]["approved_by"] == "ann@acme.test"
    assert [each["object"] for each in data["approvals"]["expired"]] == ["Customer.email"]


def test_nothing_is_rolled_out_without_a_plan() -> None:
    refusals = (Diagnostic("E503", "`email` is gone", None, help="write `dropped email`"),)
    text = render_markdown(comparison(refusals), JUDGEMENT, gate(refusals), TODAY)
    assert "There is no plan yet" in text and "**E503**" in text


def test_the_order_of_deployment() -> None:
    """What must be there first, then expand, then the code, then contract; nothing for nothing."""
    steps = rollout(CHANGES, OPERATIONS)
    assert [step.split(" ")[0] for step in steps] == ["Set", "Run", "Roll", "Run"]
    assert "--contract" not in steps[1] and "--contract" in steps[3]
    assert rollout((), ()) == ()
    assert len(rollout(CHANGES[:1], ())) == 1
