"""`bdc token`: a development token."""

import sys
from pathlib import Path

import click

from bdc.cli import exits


@click.command("token")
@click.argument("spec", type=click.Path(path_type=Path), default=".")
@click.option(
    "--as", "actor", required=True, metavar="ROW", help="A seed row of the identity entity: acme.ann, or ann."
)
@click.option("--role", "roles", multiple=True, help="A role the token carries (repeatable).")
@click.option("--expires", type=int, default=3600, show_default=True, help="Seconds until it expires.")
def command(spec: Path, actor: str, roles: tuple[str, ...], expires: int) -> None:
    """Print a token for the backend that `bdc up SPEC` started: only development keys, which production refuses."""
    from bdc.diagnostics import did_you_mean
    from bdc.stack.keys import development_keys
    from bdc.stack.workspace import Workspace

    state = Workspace(spec if spec.is_dir() else spec.parent).load()
    if state is None:
        click.echo(f"nothing was started here yet: run `bdc up {spec}` first", err=True)
        sys.exit(exits.OUTSIDE)
    found = [name for name in state.actors if name == actor or name.endswith(f".{actor}")]
    if len(found) != 1:
        close = did_you_mean(actor, [*state.actors, *(name.rpartition(".")[2] for name in state.actors)])
        problem = (
            f"`{actor}` could be any of {', '.join(found)}" if found else f"no seed makes a caller `{actor}`"
        )
        hint = (
            f" Did you mean `{close}`?"
            if close and not found
            else f" Known: {', '.join(state.actors) or 'none'}."
        )
        raise click.BadParameter(problem + "." + hint, param_hint="--as")
    for role in roles:
        if role not in state.roles:
            close = did_you_mean(role, state.roles)
            hint = f"Did you mean `{close}`?" if close else f"Known: {', '.join(state.roles)}."
            raise click.BadParameter(f"there is no role `{role}`. {hint}", param_hint="--role")
    claims = dict(state.actors[found[0]])
    if state.roles_source:
        claims[state.roles_source] = list(roles)
    keys = development_keys(Path(state.keys))
    click.echo(keys.mint(claims, issuer=state.issuer, audience=state.audience, lifetime=expires))
