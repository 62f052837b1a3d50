"""`bdc check`: check a specification."""

import sys
from pathlib import Path

import click

from bdc.cli import exits
from bdc.cli.compile import compile_spec, format_option, spec_argument
from bdc.cli.report import report
from bdc.source.garbage import seldom_collected


@click.command("check")
@spec_argument
@format_option
@click.option(
    "--production", is_flag=True, help="Warn about each fact that production needs and a deploy does not say."
)
@click.option(
    "--engine",
    type=click.Choice(["postgres", "citus"]),
    default="postgres",
    help="The database that it is checked for: `citus` reports what cannot be sharded by tenant.",
)
@click.option(
    "--fix",
    is_flag=True,
    help="Apply every fix that is the only possible one, write the files, and report the rest.",
)
@click.option(
    "--plans",
    is_flag=True,
    help="Plan every read on an embedded PostgreSQL with tables of the declared `load`, and report scans and sorts of big ones.",
)
@seldom_collected()
def command(spec: Path, style: str, production: bool, engine: str, fix: bool, plans: bool) -> None:
    """Report every error of SPEC (a folder of .bds files, or one file)."""
    if plans and style != "human":
        raise click.UsageError("--plans prints text; `bdc plan-of --json` prints data")
    if fix:
        _fix(spec, err=style != "human")
    project, system, found = compile_spec(spec, production=production, engine=engine)
    report(found, project.files, style, always=True)
    if system is None:
        sys.exit(exits.SPEC)
    if style == "human":
        entities, rules = len(system.entities), sum(len(policy.rules) for policy in system.policies)
        click.echo(
            f"{system.name}: {len(project.files)} files, {entities} entities, {rules} policy rules: no errors"
        )
    if plans:
        from bdc.cli.planning import report_plans

        report_plans(project, system)


def _fix(spec: Path, *, err: bool) -> None:
    """Apply the fixes, and say which; files with nothing to fix, or that cannot be written, stay as they are."""
    from bdc.diagnostics import DiagnosticSink
    from bdc.fixing import fixed, write
    from bdc.project import load_project

    project = load_project(spec, DiagnosticSink())
    done = fixed(project.files)
    try:
        left = write(project.root, project.files, done.files)
    except OSError as error:
        click.echo(f"cannot write `{error.filename}`: {error.strerror}", err=True)
        sys.exit(exits.OUTSIDE)
    for each in done.applied:
        if each.place.partition(":")[0] not in left:
            click.echo(f"fixed {each.place}: {each.title} ({each.code})", err=err)
    for each, message in done.refused:
        click.echo(f"not fixed {each.place}: {each.title} ({each.code}): then {message}", err=err)
    for path in left:
        click.echo(f"not fixed {path}: another program has changed it", err=err)
