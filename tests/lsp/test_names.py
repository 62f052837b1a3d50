"""What names of operations with statements mean in an editor."""

from pathlib import Path

from bdc.lsp.workspace import Workspace

SPEC = Path(__file__).parents[1] / "systems" / "exchange"


def test_names_of_statements_lead_to_their_declarations() -> None:
    names = Workspace(SPEC).names()
    (path,) = names.trees
    text = names.files[path].text
    start, end = text.index("update to {"), text.index("op watch()")
    found = {
        (text[each.span.start : each.span.end], each.target.owner)
        for each in names.occurrences(path)
        if start <= each.span.start < end and each.target is not None
    }
    assert found == {
        ("to", "Account.transfer"),
        ("amount", "Account.transfer"),
        ("note", "Account.transfer"),
        ("balance", "exchange.Account"),
        ("Posting", "exchange"),
        *((name, "exchange.Posting") for name in ("origin", "goal", "amount", "note")),
    }


def test_names_in_walks_through_trees_lead_to_their_declarations() -> None:
    names = Workspace(SPEC.parent / "branches").names()
    path = next(each for each in names.trees if each.endswith("branches.bds"))
    text = names.files[path].text
    start = text.index("deny update")
    found = {
        (text[each.span.start : each.span.end], each.target.owner)
        for each in names.occurrences(path)
        if start <= each.span.start < text.index("because", start) and each.target is not None
    }
    bound = next(owner for name, owner in found if name == "b")
    assert found == {
        ("staff", "branches"),
        ("b", bound),
        ("above", "branches.Binder"),
        ("sealed", "branches.Binder"),
    }


def test_the_caller_of_a_rule_is_a_row_of_the_identity_of_its_roles() -> None:
    names = Workspace(SPEC.parent / "turnstile").names()
    path = next(each for each in names.trees if each.endswith("turnstile.bds"))
    text = names.files[path].text
    start = text.index("allow create to gate when actor.passed")
    found = {
        (text[each.span.start : each.span.end], each.target.owner)
        for each in names.occurrences(path)
        if start <= each.span.start < text.index("allow check", start) and each.target is not None
    }
    assert found == {("gate", "turnstile"), ("passed", "turnstile.Gate")}
