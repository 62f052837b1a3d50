"""`bdc completion`: what a shell needs to complete commands and options."""

import sys

import click

from bdc.cli import exits
from bdc.cli.results import json_option, tell

_WHERE = {
    "bash": "bdc completion bash > ~/.local/share/bash-completion/completions/bdc",
    "zsh": "bdc completion zsh > ~/.zfunc/_bdc   (with ~/.zfunc in fpath)",
    "fish": "bdc completion fish > ~/.config/fish/completions/bdc.fish",
}


@click.command("completion")
@click.argument("shell", type=click.Choice(tuple(_WHERE)))
@json_option
def command(shell: str, as_json: bool) -> None:
    """Print the script by which SHELL completes commands, options and their values.

    \b
    bdc completion bash > ~/.local/share/bash-completion/completions/bdc
    bdc completion zsh  > ~/.zfunc/_bdc
    bdc completion fish > ~/.config/fish/completions/bdc.fish
    """
    from click.shell_completion import get_completion_class

    from bdc.cli.main import cli

    kind = get_completion_class(shell)
    if kind is None:
        click.echo(f"there is no completion for {shell}", err=True)
        sys.exit(exits.USAGE)
    script = kind(cli, {}, "bdc", "_BDC_COMPLETE").source()
    tell(as_json, {"shell": shell, "script": script}, script)
