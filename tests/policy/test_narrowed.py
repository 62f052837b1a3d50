"""A policy that is replaced by one that allows no more is no hazard; and a comparison goes on where only a refusal is new."""

from pathlib import Path

import pytest

from bdc.comparison.compare import compare
from bdc.comparison.snapshots import load_side

SPEC = """\
bds 1
module blog

entity User {{
  id: uuid = uuid7() @id
  name: string(1..80)
}}

entity Post {{
  id: uuid = uuid7() @id
  author: User
  title: string(1..80)
  open: bool
}}

identity User {{
  bearer jwt {{ issuer: env("JWT_ISSUER")  audience: "blog"  jwks: env("JWKS_URL") }}
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}}

role member
{roles}

policy Post {{
  allow read to member
  {rule}
}}

api Blog v1 {{
  auth bearer
  resource Post {{ ops list, get, create }}
}}
"""
EDITOR = "role editor extends member"


def hazards(
    folder: Path, before: str, after: str, *, roles: tuple[str, str] = (EDITOR, EDITOR)
) -> tuple[set[str], set[str]]:
    """Return the hazards of the database and the codes of the changes."""
    sides = []
    for name, rule, declared in (("old", before, roles[0]), ("new", after, roles[1])):
        path = folder / name / "spec.bds"
        path.parent.mkdir()
        path.write_text(SPEC.format(rule=rule, roles=declared), encoding="utf-8")
        sides.append(load_side(str(path)))
    found = compare(*sides)
    return {each.code for step in found.operations for each in step.hazards}, {
        each.code for each in found.changes
    }


@pytest.mark.parametrize(
    ("before", "after", "widens"),
    [
        ("allow create to member", "allow create to editor", False),
        ("allow create to editor", "allow create to member", True),
        ("allow create to member", "allow create to member when open", False),
        ("allow create to member when open", "allow create to member", True),
        ("allow create to member", "allow create to member\n  deny create to member when open", False),
    ],
)
def test_only_what_allows_more_is_a_hazard(before: str, after: str, widens: bool, tmp_path: Path) -> None:
    assert ("POLICY_WIDENS" in hazards(tmp_path, before, after)[0]) is widens


def test_a_new_role_in_the_place_of_another(tmp_path: Path) -> None:
    codes, changes = hazards(tmp_path, "allow create to member", "allow create to editor", roles=("", EDITOR))
    assert "POLICY_WIDENS" not in codes and "policy.access-lost" in changes
