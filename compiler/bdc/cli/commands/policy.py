"""`bdc policy`: the permission matrix, why a case is decided as it is, and what another version changes."""

import json
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bdc.cli import exits
from bdc.cli.compile import compile_or_exit, spec_argument
from bdc.cli.groups import Suggesting
from bdc.ir import SystemIR

if TYPE_CHECKING:
    from bdc.permissions.row import Decided
    from bdc.permissions.why import Why


@click.group("policy", cls=Suggesting, context_settings={"help_option_names": ["-h", "--help"]})
def command() -> None:
    """Show and explain which role may do what."""


@command.command("matrix")
@spec_argument
@click.option("--entity", help="This entity alone.")
@click.option(
    "--format", "form", type=click.Choice(("text", "html", "json")), default="text", show_default=True
)
def matrix(spec: Path, entity: str | None, form: str) -> None:
    """Print the permission matrix of SPEC: each action of each entity, for each role."""
    from bdc.permissions import matrix_page

    _, system = compile_or_exit(spec, "human")
    names = [each.name for each in (*system.entities, *(view.entity for view in system.views))]
    if entity is not None and entity not in names:
        raise click.BadParameter(f"there is no entity `{entity}`", param_hint="--entity")
    if form == "json":
        click.echo(json.dumps({"matrix": matrix_page.as_data(system, entity)}, indent=2))
    else:
        show = matrix_page.as_html if form == "html" else matrix_page.as_text
        click.echo(show(system, entity), nl=False)


@command.command("why")
@spec_argument
@click.option("--op", "operation", required=True, help="`Order.update`, or an operation outside a resource.")
@click.option("--as", "actor", metavar="ROW", help="A seed row of the identity entity: acme.ann, or ann.")
@click.option("--role", "roles", multiple=True, help="A role the caller carries (repeatable).")
@click.option(
    "--row", metavar="ROW", help="A seed row of the entity: each rule is evaluated for it by PostgreSQL."
)
@click.option("--json", "as_json", is_flag=True, help="Print data.")
def why(
    spec: Path, operation: str, actor: str | None, roles: tuple[str, ...], row: str | None, as_json: bool
) -> None:
    """Explain which rules decide whether a caller may do an operation, with their lines.

    With --row, a temporary PostgreSQL is filled with the seeds, and each rule is evaluated for that row and that caller.
    """
    from bdc.permissions.why import UnknownCase, as_text
    from bdc.permissions.why import why as explain

    _, system = compile_or_exit(spec, "human")
    try:
        found = explain(system, operation, roles)
        if row is None:
            text, answer = as_text(found), found.verdict.value
        else:
            decided = _decide(spec, system, operation, actor, roles, row)
            found, answer = decided.why, "allowed" if decided.allowed else "denied"
            text = as_text(found, row).replace(f": {found.verdict.value}", f": {answer}", 1)
            if not decided.in_scope:
                text += "\n  the row is outside the scope: for this caller it does not exist"
    except UnknownCase as error:
        click.echo(f"bdc: {error}", err=True)
        sys.exit(exits.USAGE)
    click.echo(json.dumps(_data(found, answer), indent=2) if as_json else text)


def _decide(
    spec: Path, system: SystemIR, operation: str, actor: str | None, roles: tuple[str, ...], row: str
) -> "Decided":
    """Build what the database needs into a temporary folder, and ask there."""
    from bdc.cli.commands.build import build
    from bdc.diagnostics import DiagnosticSink
    from bdc.permissions.row import decide
    from bdc.permissions.why import why as explain
    from bdc.project import Project, load_project
    from bdc.stack.reach import StackError

    project: Project = load_project(spec, DiagnosticSink())
    with tempfile.TemporaryDirectory(prefix="bdc-why-") as scratch:
        out = Path(scratch) / "out"
        build(project, system, out, ("postgres",), frozenset())
        try:
            return decide(system, explain(system, operation, roles), actor, row, out)
        except StackError as error:
            click.echo(f"bdc: {error}", err=True)
            sys.exit(exits.OUTSIDE)


def _data(found: "Why", answer: str) -> dict[str, object]:
    return {
        "entity": found.entity,
        "action": found.action,
        "roles": list(found.roles),
        "answer": answer,
        "scope": found.scope or None,
        "rules": [
            {
                "rule": note.id,
                "text": note.words,
                "file": note.origin.file,
                "line": note.origin.line,
                "applies": note.applies,
                "holds": note.holds,
                "because": note.because or None,
            }
            for note in found.rules
        ],
    }


@command.command("diff")
@click.argument("old", type=click.Path(exists=True, path_type=Path))
@click.argument("new", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print data.")
def diff(old: Path, new: Path, as_json: bool) -> None:
    """Print which roles gain or lose what between two specifications, with an example row for each.

    Conditions are compared by meaning: rules that say the same in other words are no change. Exits with 5 when a caller gains access.
    """
    from bdc.changes import Surface, changes

    before, after = (compile_or_exit(side, "human")[1] for side in (old, new))
    found = [change for change in changes(before, after) if change.surface is Surface.POLICY]
    if as_json:
        told = [
            {
                "code": change.code,
                "place": change.place,
                "message": change.message,
                "gains": change.security,
                "roles": list(change.access.roles) if change.access else [],
                "action": change.access.action if change.access else None,
                "example": dict(change.access.example) if change.access else {},
            }
            for change in found
        ]
        click.echo(json.dumps({"changes": told}, indent=2))
    else:
        for change in found:
            click.echo(f"{'+' if change.security else '-'} {change.place}: {change.message}")
        click.echo("no caller gains or loses access" if not found else f"{len(found)} changes of access")
    if any(change.security for change in found):
        sys.exit(exits.CHANGES)
