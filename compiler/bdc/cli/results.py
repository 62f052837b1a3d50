"""Results as data: `--json` on every command that prints one, progress on long work.

A command with `--format` takes `--json` as another way to write `--format json`.
"""

import json
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

FLAG = "--json"
_SHOWN_AFTER = 0.5


def json_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option `--json`, which the command gets as `as_json`."""
    return click.option(FLAG, "as_json", is_flag=True, help="Print the result as JSON.")(function)


def tell(as_json: bool, data: dict[str, Any], *lines: str) -> None:
    """Print a result: `data` where JSON is asked for, `lines` otherwise."""
    if as_json:
        click.echo(json.dumps(data, indent=2, ensure_ascii=False))
        return
    for line in lines:
        click.echo(line)


def with_json(command: click.Command) -> click.Command:
    """Let a command (and those of a group) take `--json` for `--format json`, where that is one of its formats."""
    for inner in getattr(command, "commands", {}).values():
        with_json(inner)
    if _takes_json(command) and not any(FLAG in each.opts for each in command.params):
        option = click.Option([FLAG], is_flag=True, expose_value=False, help="The same as --format json.")
        command.params.append(option)
        parse = command.parse_args
        command.parse_args = lambda ctx, args: parse(ctx, _spelled(args))  # type: ignore[method-assign]
    return command


def _takes_json(command: click.Command) -> bool:
    return any(
        "--format" in each.opts and isinstance(each.type, click.Choice) and "json" in each.type.choices
        for each in command.params
    )


def _spelled(args: list[str]) -> list[str]:
    """Write `--format json` for `--json`; what stands behind `--` is no option."""
    end = args.index("--") if "--" in args else len(args)
    return [
        part for each in args[:end] for part in (("--format", "json") if each == FLAG else (each,))
    ] + args[end:]


@contextmanager
def working(what: str) -> Iterator[Callable[[str], None]]:
    """Show on a terminal what goes on, once it has taken half a second; elsewhere nothing is printed. Yields a function that says which part is
    being done."""
    begun, shown = time.monotonic(), False
    seen = sys.stderr.isatty()

    def part(name: str) -> None:
        nonlocal shown
        if seen and time.monotonic() - begun > _SHOWN_AFTER:
            shown = True
            sys.stderr.write(f"\r\x1b[2K{what}: {name} …")
            sys.stderr.flush()

    try:
        yield part
    finally:
        if shown:
            sys.stderr.write("\r\x1b[2K")
            sys.stderr.flush()
