"""What is said about each change; and that nothing is said about none."""

import pytest

from bdc.changes import Surface, changes
from bdc.changes.kinds import KINDS
from tests.changes.pairs import EDITS, SPEC, Edit, base, compiled, edited


@pytest.mark.parametrize("edit", EDITS, ids=lambda edit: edit.name)
def test_a_change_is_said(edit: Edit) -> None:
    assert edit.old in SPEC
    found = {f"{change.code} {change.place}" for change in changes(base(), compiled(edited(edit)))}
    assert set(edit.says) <= found, sorted(found)


def test_nothing_is_said_of_the_same() -> None:
    """Neither of the same text, nor of one whose declarations stand elsewhere."""
    moved = compiled("// a comment that moves every line\n\n" + SPEC)
    assert changes(base(), base()) == ()
    assert changes(base(), moved) == ()


RENAMES = (
    ("entity Customer {", "entity Client @was(Customer) {"),
    ("name: string(1..80)\n  email", "full_name: string(1..80) @was(name)\n  email"),
    ("customer: Customer?", "client: Client? @was(customer)"),
    ("customer: Customer @on", "client: Client @was(customer) @on"),
    ("policy Customer", "policy Client"),
    ("resource Customer at", "resource Client at"),
    ("index (org, name)\n  index (org, tier)", "index (org, full_name)\n  index (org, tier)"),
    ("filter tier, name\n    sort name", "filter tier, full_name\n    sort full_name"),
    ("number, customer, note", "number, client, note"),
    ("expand customer", "expand client"),
    ("filter status, customer", "filter status, client"),
    ("@inverse(customer)", "@inverse(client)"),
    ("enum Tier { standard, gold }", "enum Tier { standard, golden @was(gold) }"),
    ("allow delete to manager", 'allow delete to manager when full_name != ""'),
)


def test_a_rename_is_one_change() -> None:
    """On every surface: nothing is gone, nothing is new, and no rule is another one."""
    before = compiled(SPEC.replace("allow delete to manager", 'allow delete to manager when name != ""'))
    text = SPEC
    for old, new in RENAMES:
        assert old in text
        text = text.replace(old, new)
    found = changes(before, compiled(text))
    verbs = {change.code.rpartition("-")[2] for change in found}
    assert verbs == {"renamed"}
    places = {(change.code, change.place) for change in found}
    assert {
        ("rest.property-renamed", "Client.name"),
        ("rest.property-renamed", "Order.customer_id"),
        ("rest.enum-value-renamed", "Tier.gold"),
        ("rest.parameter-renamed", "GET /v1/customers ?sort=name"),
        ("graphql.type-renamed", "CustomerConnection"),
        ("graphql.field-renamed", "Mutation.createCustomer"),
        ("graphql.value-renamed", "CustomerSort.NAME_ASC"),
        ("events.member-renamed", "Order.customer_id"),
    } <= places


def test_words_of_an_edge_that_lies_behind_say_nothing() -> None:
    """`@was` stays in the text after the rename has been made."""
    text = SPEC.replace("enum Tier { standard, gold }", "enum Tier { standard, gold @was(golden) }")
    assert changes(compiled(text), compiled(text)) == ()
    assert changes(base(), compiled(text)) == ()


def test_every_kind_is_tidy() -> None:
    assert all(kind.title and code.partition(".")[0] in set(Surface) for code, kind in KINDS.items())


def test_an_old_name_goes_on_as_an_alias() -> None:
    """What the help of a rename says compiles, and readers of the old name keep it."""
    renamed = SPEC.replace("  email: string(3..120)\n", "  mail: string(3..120) @was(email)\n")
    (help_,) = (
        change.help for change in changes(base(), compiled(renamed)) if change.code == "rest.property-renamed"
    )
    alias = help_.partition("`")[2].partition("`")[0]
    found = changes(base(), compiled(renamed.replace("@was(email)\n", f"@was(email)\n  {alias}\n")))
    told = {f"{change.code} {change.place}" for change in found}
    assert {"rest.property-deprecated Customer.email", "rest.property-added Customer.mail"} <= told
    assert not {code for code in told if code.startswith(("rest.property-removed", "rest.property-renamed"))}
