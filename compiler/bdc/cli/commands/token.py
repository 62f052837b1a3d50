"""`bdc token`: a development token."""

import json
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bdc.cli import exits
from bdc.cli.results import json_option, tell

if TYPE_CHECKING:
    from bdc.stack.workspace import UpState


@click.command("token")
@click.argument("spec", type=click.Path(path_type=Path), default=".")
@click.option("--as", "actor", metavar="ROW", help="A seed row of the identity entity: acme.ann, or ann.")
@click.option("--id", "key", metavar="KEY", help="The key of any row of the identity entity, without a seed.")
@click.option(
    "--claim",
    "claims",
    multiple=True,
    metavar="NAME=VALUE",
    help="Another claim of the identity (repeatable); null leaves it out.",
)
@click.option("--role", "roles", multiple=True, help="A role the token carries (repeatable).")
@click.option(
    "--identity",
    metavar="ENTITY",
    help="The caller is of this identity beside the main one: make an API key.",
)
@click.option("--page", is_flag=True, help="Print the address of /docs with the token in it, for a browser.")
@json_option
@click.option("--expires", type=int, default=3600, show_default=True, help="Seconds until it expires.")
def command(
    spec: Path,
    actor: str | None,
    key: str | None,
    claims: tuple[str, ...],
    roles: tuple[str, ...],
    identity: str | None,
    page: bool,
    as_json: bool,
    expires: int,
) -> None:
    """Print a token for the backend that `bdc up SPEC` started: it is signed with a development key, which production rejects.

    The caller is a row of a seed (--as), or any row of the identity entity by its key (--id). Callers of a second identity show API keys:
    one is made in the embedded database.
    """
    from bdc.stack.keys import development_keys
    from bdc.stack.workspace import Workspace

    state = Workspace(spec if spec.is_dir() else spec.parent).load()
    if state is None:
        click.echo(f"no backend was started here: run `bdc up {spec}` first", err=True)
        sys.exit(exits.OUTSIDE)
    if (actor is None) == (key is None):
        raise click.UsageError("give either --as ROW or --id KEY")
    other = _identity_of(state, identity, actor)
    if other:
        state = state.for_keys(other)
    minted = _of_seed(state, actor) if actor is not None else {}
    given = [*([f"id={key}"] if key is not None else []), *claims]
    for name, value in (each.partition("=")[::2] for each in given):
        _set(minted, state, name, value)
    _know_roles(state, roles)
    if state.roles_source:
        minted[state.roles_source] = list(roles)
    for name in state.missing(minted):
        click.echo(f"the service rejects a token without `{name}`: add --claim {name}=VALUE", err=True)
    if other:
        _show_key(state, other, minted, expires, as_json)
        return
    keys = development_keys(Path(state.keys))
    token = keys.mint(minted, issuer=state.issuer, audience=state.audience, lifetime=expires)
    address = f"{state.url}/docs#token={token}"
    tell(as_json, {"token": token, "page": address, "expires_in": expires}, address if page else token)


def _identity_of(state: "UpState", identity: str | None, actor: str | None) -> str:
    """Return the identity beside the main one that the caller is of: named, or that of the seed row; '' for the main one."""
    if identity is not None and identity not in state.others:
        known = ", ".join(state.others) or "none"
        raise click.BadParameter(
            f"`{identity}` is no second identity. Known: {known}.", param_hint="--identity"
        )
    rows = (
        entity
        for entity, other in state.others.items()
        for name in other["actors"]
        if actor is not None and (name == actor or name.endswith(f".{actor}"))
    )
    return identity or next(rows, "")


def _show_key(state: "UpState", identity: str, claims: dict[str, Any], seconds: int, as_json: bool) -> None:
    from bdc.stack.api_keys import make_key

    if not state.database:
        known = " ".join(
            f"--claim {name}={claims[source]}"
            for name, (source, _) in state.claims.items()
            if source in claims
        )
        roles = "".join(f" --role {role}" for role in claims.get(state.roles_source or "", ()))
        made = f"python -m services.security.api_keys create --identity {identity} {known}{roles}"
        click.echo(f"the database is not embedded: run `{made}` where the backend is", err=True)
        sys.exit(exits.OUTSIDE)
    caller = f"{identity} {claims[state.claims['id'][0]]}"
    key = make_key(state.database, state.system, caller, claims, seconds)
    tell(as_json, {"key": key, "header": state.key_header, "expires_in": seconds}, key)


def _set(minted: dict[str, Any], state: "UpState", name: str, value: str) -> None:
    """Put the claim `name` into the token; `null` takes it out."""
    from bdc.diagnostics import did_you_mean

    if name not in state.claims:
        close = did_you_mean(name, list(state.claims))
        hint = f"Did you mean `{close}`?" if close else f"Known: {', '.join(state.claims) or 'none'}."
        raise click.BadParameter(f"the identity has no claim `{name}`. {hint}", param_hint="--claim")
    source, is_text = state.claims[name]
    if value == "null":
        minted.pop(source, None)
        return
    try:
        minted[source] = value if is_text else json.loads(value)
    except ValueError:
        raise click.BadParameter(
            f"`{value}` is not a value of the claim `{name}`", param_hint="--claim"
        ) from None


def _of_seed(state: "UpState", actor: str) -> dict[str, Any]:
    """Return the claims of the seed row that `actor` names."""
    from bdc.diagnostics import did_you_mean

    found = [name for name in state.actors if name == actor or name.endswith(f".{actor}")]
    if len(found) != 1:
        close = did_you_mean(actor, [*state.actors, *(name.rpartition(".")[2] for name in state.actors)])
        problem = (
            f"`{actor}` could be any of {', '.join(found)}" if found else f"no seed has a caller `{actor}`"
        )
        hint = (
            f" Did you mean `{close}`?"
            if close and not found
            else f" Known: {', '.join(state.actors)}."
            if state.actors
            else " The identity has no seeds: give the key of a row, --id KEY."
        )
        raise click.BadParameter(problem + "." + hint, param_hint="--as")
    return dict(state.actors[found[0]])


def _know_roles(state: "UpState", roles: Iterable[str]) -> None:
    from bdc.diagnostics import did_you_mean

    for role in roles:
        if role not in state.roles:
            close = did_you_mean(role, state.roles)
            hint = f"Did you mean `{close}`?" if close else f"Known: {', '.join(state.roles)}."
            raise click.BadParameter(f"there is no role `{role}`. {hint}", param_hint="--role")
