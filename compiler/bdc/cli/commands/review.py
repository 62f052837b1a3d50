"""`bdc review`: five panels of rules, scores, and the changes that are worth most."""

import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bdc.cli import exits
from bdc.cli.compile import compile_or_exit, spec_argument

if TYPE_CHECKING:
    from bdc.review import Finding, Review

PANELS = ("architecture", "security", "database", "performance", "operations")


@click.command("review")
@spec_argument
@click.option(
    "--panel", "panels", type=click.Choice(PANELS), multiple=True, help="This panel alone (repeatable)."
)
@click.option("--format", "form", type=click.Choice(("text", "json")), default="text", show_default=True)
@click.option(
    "--plans", is_flag=True, help="Plan every read at the declared load as well (see `bdc check --plans`)."
)
@click.option("--fail-under", type=click.IntRange(0, 100), help="Exit with 5 if a score is lower.")
def command(spec: Path, panels: tuple[str, ...], form: str, plans: bool, fail_under: int | None) -> None:
    """Review SPEC: architecture, security, database, performance and operations.

    `bdc explain CODE` tells why a rule is there. A comment `// allow(CODE, "reason")` on the line of a finding, or the line before, accepts
    it. Scores are 100 without findings.
    """
    from bdc.review import review

    if plans and form == "json":
        raise click.UsageError("--plans prints text; `bdc plan-of --json` prints data")
    project, system = compile_or_exit(spec, "human")
    found = review(system, {file.path: file.text for file in project.files})
    chosen = panels or PANELS
    if form == "json":
        click.echo(json.dumps(_data(found, chosen), indent=2))
    else:
        _show(found, chosen)
    if plans:
        from bdc.cli.planning import report_plans

        report_plans(project, system)
    if fail_under is not None and any(
        found.scores[panel] < fail_under for panel in found.scores if panel in chosen
    ):
        sys.exit(exits.CHANGES)


def _show(found: "Review", panels: tuple[str, ...]) -> None:
    for panel, score in found.scores.items():
        if panel not in panels:
            continue
        click.echo(click.style(f"{panel}: {score}", bold=True))
        for each in found.open:
            if each.rule.panel == panel:
                click.echo(_line(each))
    allowed = [each for each in found.findings if each.allowed and each.rule.panel in panels]
    if allowed:
        click.echo(f"\n{len(allowed)} accepted:")
        for each in allowed:
            click.echo(f"  {each.rule.code} {each.subject}: {each.allowed}")
    for path, line, code in found.unused:
        click.echo(f"\n{path}:{line}: allow({code}) accepts nothing")
    best = [rule for rule in found.best if rule.panel in panels]
    if best:
        click.echo("\nworth most:")
        for rule in best:
            click.echo(f"  {rule.code} {rule.fix}")


def _line(found: "Finding") -> str:
    place = f"  ({found.origin.file}:{found.origin.line})" if found.origin is not None else ""
    return f"  {found.rule.code} {found.rule.title}: {found.subject}{place}"


def _data(found: "Review", panels: tuple[str, ...]) -> dict[str, object]:
    return {
        "scores": {panel: score for panel, score in found.scores.items() if panel in panels},
        "findings": [
            {
                "code": each.rule.code,
                "panel": each.rule.panel,
                "title": each.rule.title,
                "subject": each.subject,
                "file": each.origin.file if each.origin is not None else None,
                "line": each.origin.line if each.origin is not None else None,
                "fix": each.rule.fix,
                "weight": each.rule.weight,
                "allowed": each.allowed or None,
            }
            for each in found.findings
            if each.rule.panel in panels
        ],
        "best": [rule.code for rule in found.best if rule.panel in panels],
        "unused": [{"file": path, "line": line, "code": code} for path, line, code in found.unused],
    }
