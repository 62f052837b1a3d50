"""`bdc check`: judge a specification."""

import sys
from pathlib import Path

import click

from bdc.cli import exits
from bdc.cli.compile import compile_spec, format_option, spec_argument
from bdc.cli.report import report


@click.command("check")
@spec_argument
@format_option
@click.option(
    "--production", is_flag=True, help="Warn about each fact that production needs and a deploy does not say."
)
def command(spec: Path, style: str, production: bool) -> None:
    """Report every error of SPEC (a folder of .bds files, or one file)."""
    project, system, found = compile_spec(spec, production=production)
    report(found, project.files, style, always=True)
    if system is None:
        sys.exit(exits.SPEC)
    if style == "human":
        entities, rules = len(system.entities), sum(len(policy.rules) for policy in system.policies)
        click.echo(
            f"{system.name}: {len(project.files)} files, {entities} entities, {rules} policy rules: no errors"
        )
