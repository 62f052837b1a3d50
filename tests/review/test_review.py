"""The review: the example has no finding, each rule's own change brings its finding, and an allowance takes it away."""

import json
from collections.abc import Iterable, Iterator
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.pipeline import compile_system
from bdc.review import RULES, Review, Rule, review
from bdc.review.rule import PANELS
from bdc.source import SourceFile

EXAMPLE = files("bdc_specs").joinpath("review_example.bds").read_text(encoding="utf-8")


def reviewed(text: str) -> Review | None:
    """Return the review of a specification of one file; None where it has errors."""
    system = compile_system([SourceFile("example.bds", text)]).system
    return None if system is None else review(system, {"example.bds": text})


def changed(text: str, rule: Rule) -> str | None:
    """Return the text after the rule's change; None where that does not fit any more."""
    for old, new in rule.wrong:
        if text.count(old) < 1:
            return None
        text = text.replace(old, new, 1)
    return text


def codes(found: Review | None) -> set[str]:
    assert found is not None
    return {each.rule.code for each in found.findings}


def batches(rules: Iterable[Rule]) -> Iterator[tuple[str, list[Rule]]]:
    """Yield texts in which several rules are broken at once: each change that still fits and compiles."""
    waiting = list(rules)
    while waiting:
        text, taken = EXAMPLE, list[Rule]()
        for rule in waiting:
            after = changed(text, rule)
            if after is not None and not any(_undoes(after, other) for other in taken):
                text, taken = after, [*taken, rule]
            if len(taken) == 12:
                break
        yield text, taken
        waiting = [rule for rule in waiting if rule not in taken]


def _undoes(text: str, rule: Rule) -> bool:
    return any(new not in text for _, new in rule.wrong)


def test_rules_are_sixty_at_least_and_say_everything() -> None:
    assert len(RULES) >= 60 and len({rule.code for rule in RULES}) == len(RULES)
    for panel in PANELS:
        assert sum(rule.panel == panel for rule in RULES) >= 12, panel
    for rule in RULES:
        assert rule.wrong and rule.why and rule.fix and 1 <= rule.weight <= 3, rule.code
        assert changed(EXAMPLE, rule) is not None, rule.code
        assert rule.title in rule.page() and "```diff" in rule.page()


def test_the_example_has_no_finding_and_every_rule_finds_its_own() -> None:
    base = reviewed(EXAMPLE)
    assert codes(base) == set() and base is not None and set(base.scores.values()) == {100}
    alone: list[Rule] = []
    for text, rules in batches(RULES):
        found = reviewed(text)
        known = set() if found is None else codes(found)
        alone += [rule for rule in rules if rule.code not in known]
    assert len(alone) < 40, [rule.code for rule in alone]
    for rule in alone:
        text = changed(EXAMPLE, rule)
        assert text is not None and rule.code in codes(reviewed(text)), rule.code


@pytest.mark.long
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.code)
def test_a_change_brings_its_finding_and_few_others(rule: Rule) -> None:
    text = changed(EXAMPLE, rule)
    assert text is not None
    found = codes(reviewed(text))
    assert rule.code in found and len(found) <= 3


def run(*arguments: object) -> Result:
    result = CliRunner().invoke(cli, list(map(str, arguments)))
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def test_allowances_accept_with_a_reason_and_are_told_when_unused(tmp_path: Path) -> None:
    text = EXAMPLE.replace("  price: decimal(12, 2)", '  // allow(D01, "a toy")\n  price: float').replace(
        "enum Status", '// allow(A07, "there is one")\nenum Status'
    )
    (tmp_path / "example.bds").write_text(text, encoding="utf-8")
    told = json.loads(run("review", tmp_path, "--format", "json").stdout)
    (finding,) = told["findings"]
    assert (finding["code"], finding["allowed"]) == ("D01", "a toy") and told["scores"]["database"] == 100
    assert [each["code"] for each in told["unused"]] == ["A07"]


def test_the_command_shows_scores_places_and_what_is_worth_most(tmp_path: Path) -> None:
    text = EXAMPLE.replace("  price: decimal(12, 2)", "  price: float").replace(
        "  limit 600 per 1m by actor.id\n", ""
    )
    (tmp_path / "example.bds").write_text(text, encoding="utf-8")
    found = run("review", tmp_path, "--fail-under", "95")
    assert found.exit_code == exits.CHANGES
    assert (
        "database: 91" in found.output and "D01 money is a float: Line.price  (example.bds:" in found.output
    )
    assert found.output.index("worth most") < found.output.index("Write `decimal(12, 2)`")
    assert run("review", tmp_path, "--panel", "operations", "--fail-under", "95").exit_code == exits.OK
    assert "S05" in run("explain", "s05").output
