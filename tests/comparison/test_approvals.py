"""What somebody has looked at may pass, until its last day; what is wrong with an entry is said."""

from pathlib import Path

import pytest

from bdc.cli import exits
from tests.comparison.conftest import Bdc, edit

GOOD = """\
[[approval]]
code = "rest.sort-removed"
object = "GET /v1/people ?sort=name"
reason = "nobody sorts people"
approved_by = "ann@acme.test"
expires = 2999-12-31
"""
GRAPHQL = """
[[approval]]
code = "graphql.type-removed"
object = "PersonSort"
reason = "nobody sorts people"
approved_by = "ann@acme.test"
expires = 2999-12-31

[[approval]]
code = "graphql.argument-removed"
object = "Query.people(sort)"
reason = "nobody sorts people"
approved_by = "ann@acme.test"
expires = 2999-12-31
"""


@pytest.fixture
def narrowed(bdc: Bdc, small: Path) -> Path:
    """The starter, in which people can no longer be sorted."""
    edit(
        small / "api.bds",
        "page cursor(default: 20, max: 100)\n    sort name",
        "page cursor(default: 20, max: 100)",
    )
    return small


def test_a_breaking_change_fails_only_when_asked(bdc: Bdc, narrowed: Path) -> None:
    assert bdc("diff", "git:HEAD", narrowed).exit_code == exits.OK
    assert bdc("diff", "git:HEAD", narrowed, "--fail-on", "breaking").exit_code == exits.CHANGES
    assert bdc("diff", narrowed, narrowed, "--fail-on", "risky").exit_code == exits.OK


def test_what_is_approved_passes(bdc: Bdc, narrowed: Path) -> None:
    approvals = narrowed / "approvals.toml"
    approvals.write_text(GOOD)
    assert bdc("diff", "git:HEAD", narrowed, "--fail-on", "breaking").exit_code == exits.CHANGES
    approvals.write_text(GOOD + GRAPHQL)
    done = bdc("diff", "git:HEAD", narrowed, "--fail-on", "breaking")
    assert done.exit_code == exits.OK, done.output
    assert "approved by ann@acme.test until 2999-12-31: nobody sorts people" in done.stdout
    assert "E93" not in done.output


def test_an_expired_approval_lets_nothing_pass(bdc: Bdc, narrowed: Path) -> None:
    (narrowed / "approvals.toml").write_text((GOOD + GRAPHQL).replace("2999-12-31", "2020-01-31"))
    done = bdc("diff", "git:HEAD", narrowed, "--fail-on", "breaking")
    assert done.exit_code == exits.CHANGES
    assert done.stderr.count("warning[E934]") == 3 and "expired on 2020-01-31" in done.stderr


def test_an_approval_of_nothing_is_reported(bdc: Bdc, narrowed: Path) -> None:
    (narrowed / "approvals.toml").write_text(GOOD.replace("people ?sort", "persons ?sort"))
    done = bdc("diff", "git:HEAD", narrowed)
    assert "warning[E935]" in done.stderr and "GET /v1/persons ?sort=name" in done.stderr


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("expires = 2999-12-31", "", "needs a date `expires`"),
        ("expires = 2999-12-31", 'expires = "2999-12-31"', "without quotes"),
        ("expires = 2999-12-31", "expires = 2999-12-31T00:00:00", "needs a date"),
        ('reason = "nobody sorts people"', 'reason = " "', "needs a text `reason`"),
        ("approved_by", "aproved_by", "did you mean `approved_by`"),
        ("rest.sort-removed", "rest.sort-remove", "did you mean `rest.sort-removed`"),
        ("[[approval]]", "[approval]", "write `[[approval]]`"),
        ("[[approval]]", "[[approvals]]", "did you mean `approval`"),
        ('code = "rest', "code = rest", "line 2"),
    ],
)
def test_a_mistake_in_the_approvals_is_loud(bdc: Bdc, narrowed: Path, old: str, new: str, says: str) -> None:
    assert old in GOOD
    (narrowed / "approvals.toml").write_text(GOOD.replace(old, new, 1))
    done = bdc("diff", "git:HEAD", narrowed)
    assert done.exit_code == exits.SPEC
    assert "error[E933]" in done.stderr and says in done.stderr
