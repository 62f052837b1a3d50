"""`bdc load`: the load test of a built backend."""

import os
import subprocess
import sys
from pathlib import Path

import click

from bdc.cli import exits

MODULE = "tests.performance.load_profile"
SHAPES = ("steady", "ramp", "spike", "soak")


@click.command("load")
@click.argument("out", type=click.Path(path_type=Path, exists=True, file_okay=False), default=".")
@click.option("--url", metavar="URL", help="A running service; without it one is started for the test.")
@click.option("--token", "tokens", multiple=True, metavar="TOKEN", help="Of a caller; may be repeated.")
@click.option("--shape", type=click.Choice(SHAPES), default="steady", help="How the rate changes.")
@click.option("--seconds", type=float, help="How long; the shape has a default.")
@click.option("--rate", type=float, help="Requests per second, instead of the declared ones.")
@click.option("--database", metavar="URL", help="Show the numbers of this PostgreSQL beside it.")
@click.option("--json", "report", type=click.Path(path_type=Path), help="Write the report to this file.")
def command(
    out: Path,
    url: str | None,
    tokens: tuple[str, ...],
    shape: str,
    seconds: float | None,
    rate: float | None,
    database: str | None,
    report: Path | None,
) -> None:
    """Load the backend in OUT as its specification declares: reads, writes, operations and GraphQL.

    429 and 5xx are failures. It writes rows. Without --url it starts the service on an embedded PostgreSQL of its own. Exit code 1 when a
    promise was not kept, 4 when the test could not run.
    """
    if tokens and not url:
        raise click.UsageError("--token needs --url: a backend of the test has its own callers")
    if not (out / "tests/performance/load_profile.py").is_file():
        click.echo(f"bdc: {out} has no load test (tests/performance); build it again", err=True)
        sys.exit(exits.OUTSIDE)
    options = {"--seconds": seconds, "--rate": rate, "--database": database}
    given = [text for name, value in options.items() if value for text in (name, str(value))]
    given += ["--json", str(report.resolve())] if report else []
    command = [_python(out), "-m", MODULE, *([url, *tokens] if url else []), "--shape", shape, *given]
    done = subprocess.run(command, cwd=out, env={**os.environ, "PYTHONPATH": ""}, check=False)
    if done.returncode not in (0, 1):
        sys.exit(exits.OUTSIDE)
    sys.exit(done.returncode)


def _python(out: Path) -> str:
    """Return the interpreter of the output's own environment, else this one."""
    own = out.resolve() / ".venv" / "bin" / "python"
    return str(own) if own.exists() else sys.executable
