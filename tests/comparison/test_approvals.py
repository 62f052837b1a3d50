"""What somebody has looked at may pass, until its last day; what is wrong with an entry is said."""

import json
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


def test_the_last_line_says_the_verdict_and_the_reason(bdc: Bdc, narrowed: Path) -> None:
    last = bdc("diff", "git:HEAD", narrowed, "--fail-on", "breaking").stdout.rstrip().splitlines()[-1]
    assert "fails: 3 breaking changes not approved: rest.sort-removed at GET /v1/people ?sort=name" in last
    assert "passes: --fail-on is none" in bdc("diff", "git:HEAD", narrowed).stdout


def test_what_markdown_suggests_passes(bdc: Bdc, narrowed: Path) -> None:
    """And a second change of the same place is not covered."""
    shown = bdc("diff", "git:HEAD", narrowed, "--fail-on", "breaking", "--format", "markdown").stdout
    assert shown.splitlines()[2].startswith("**fails**: 3 breaking changes not approved")
    entries = shown.partition("```toml\n")[2].partition("```")[0]
    approvals = narrowed / "approvals.toml"
    approvals.write_text(entries)
    assert bdc("diff", "git:HEAD", narrowed, "--fail-on", "breaking").exit_code == exits.OK
    pin = entries.partition('pin = "')[2][:12]
    approvals.write_text(entries.replace(pin, "0123456789ab"))
    done = bdc("diff", "git:HEAD", narrowed, "--fail-on", "breaking")
    assert done.exit_code == exits.CHANGES and "warning[E936]" in done.stderr


def test_a_rename_needs_one_approval(bdc: Bdc, small: Path) -> None:
    for file in small.glob("*.bds"):
        text = file.read_text(encoding="utf-8").replace(
            "title: string(1..200)", "label: string(1..200) @was(title)"
        )
        for word in ("search title", "created_at, title", "team, title", "red.team, title"):
            text = text.replace(word, word.replace("title", "label"))
        file.write_text(text, encoding="utf-8")
    shown = bdc("diff", "git:HEAD", small, "--fail-on", "breaking", "--format", "markdown")
    assert shown.exit_code == exits.CHANGES, shown.output
    entries = shown.stdout.partition("```toml\n")[2].partition("```")[0]
    assert entries.count("[[approval]]") == 1 and 'code = "rename"' in entries
    (small / "approvals.toml").write_text(entries)
    assert bdc("diff", "git:HEAD", small, "--fail-on", "breaking").exit_code == exits.OK


def test_json_is_printed_when_a_side_has_errors(bdc: Bdc, small: Path) -> None:
    edit(small / "api.bds", "page cursor(default: 20, max: 100)", "page cursor(default: x)")
    done = bdc("diff", "git:HEAD", small, "--format", "json", "--fail-on", "breaking")
    data = json.loads(done.stdout)
    assert done.exit_code == exits.SPEC and data["verdict"]["fails"] and data["errors"][0]["code"]
    assert "cannot be read: 1 error" in data["verdict"]["reason"]


def test_what_only_adds_never_fails(bdc: Bdc, small: Path) -> None:
    edit(small / "small.bds", "  name: string(1..80)", "  name: string(1..80)\n  nick: string(1..20)?")
    done = bdc("diff", "git:HEAD", small, "--fail-on", "breaking")
    assert done.exit_code == exits.OK and "GRANT_WIDENS (notice)" in done.stdout, done.output
