"""Who may do what, computed from rules: inheritance, relations, following a relation, deny, default deny."""

import pytest
from tests.openapi.small import rule, small

from bdc.ir import SystemIR
from bdc.ir.compiled import RowPolicy
from bdc.policy.enforcement import Place, enforcement
from bdc.policy.matrix import NO_ROLE, Matrix, Verdict


@pytest.fixture(scope="module")
def matrix() -> Matrix:
    return Matrix(small())


@pytest.mark.parametrize(
    ("entity", "action", "role", "said"),
    [
        ("Note", "read", "member", "always"),
        ("Note", "read", "manager", "always"),
        ("Note", "read", "author", "author == actor"),
        ("Note", "read", NO_ROLE, "never"),
        ("Note", "read", "anonymous", "never"),
        ("Note", "update", "manager", "old.state in [draft]"),
        ("Note", "delete", "member", "never"),
        ("Note", "delete", "manager", "not (author == actor)"),
        ("Note", "publish", "manager", "always"),
        ("Note", "retire", "manager", "never"),
        ("Line", "read", "author", "note.author == actor"),
        ("Line", "create", "member", "note.state in [draft]"),
        ("Org", "delete", "manager", "never"),
        (None, "daily_notes", "manager", "always"),
        (None, "daily_notes", "member", "never"),
    ],
)
def test_cells(matrix: Matrix, entity: str | None, action: str, role: str, said: str) -> None:
    cell = matrix.row(entity, action, role)
    assert (cell.condition or cell.verdict.value) == said


def test_a_cell_names_its_rules(matrix: Matrix) -> None:
    assert matrix.row("Line", "create", "member").rules == ("Line.allow.update.1", "Note.allow.update.1")
    assert matrix.row("Note", "delete", "manager").denied_by == ("Note.deny.delete.1",)
    assert matrix.row("Note", "read", "member").scope == "org == actor.org"


def test_every_entity_action_and_role_has_one_cell(matrix: Matrix) -> None:
    cells = [(row.entity, row.action, row.role) for row in matrix.rows]
    assert len(cells) == len(set(cells))
    notes = {(row.action, row.role) for row in matrix.rows if row.entity == "Note"}
    roles = ("member", "manager", "author", NO_ROLE, "anonymous")
    actions = ("read", "create", "update", "delete", "publish", "retire")
    assert notes == {(action, role) for action in actions for role in roles}


def test_a_chain_of_relations_that_ends_in_no_rule_lets_nobody_in() -> None:
    system = with_rules("Line", rule("Line.allow.read.1", ("read",), via="note", via_action="read"))
    system = with_rules("Note", rule("Note.allow.read.1", ("read",), via="author"), system=system)
    system = with_rules("User", system=system)
    assert Matrix(system).row("Line", "read", "manager").verdict is Verdict.NEVER


def test_everybody_includes_who_says_nothing_about_himself() -> None:
    system = with_rules("Org", rule("Org.allow.read.1", ("read",)))
    assert Matrix(system).anonymous_may("Org", "read")
    assert not Matrix(with_rules("Note", rule("Note.allow.read.1", ("read",)))).anonymous_may("Note", "read")


def test_enforcement_claims_only_walls_that_were_built() -> None:
    wall = RowPolicy("note", "note_read", "select", False, ("runtime",), "true", None, ("Note.allow.read.2",))
    rows = {row.rule: row.places for row in enforcement(small(), [wall])}
    assert rows["Note.allow.read.2"] == (Place.QUERY, Place.ROW_LEVEL_SECURITY, Place.SERVICE)
    assert rows["Note.allow.read.1"] == (Place.QUERY,)
    assert rows["Note.scope"] == (Place.QUERY,)
    assert rows["Note.secret.read"] == (Place.MASK,)
    assert rows["Note.state.machine"] == (Place.QUERY, Place.TRIGGER)
    assert rows["Line.org.immutable"] == (Place.TRIGGER, Place.SERVICE)


def with_rules(entity: str, *rules: object, system: SystemIR | None = None) -> SystemIR:
    system = system or small()
    policies = tuple(
        policy.model_copy(update={"rules": rules}) if policy.entity == entity else policy
        for policy in system.policies
    )
    return SystemIR.model_validate(
        {**system.model_dump(), "policies": [policy.model_dump() for policy in policies]}
    )
