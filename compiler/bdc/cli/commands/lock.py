"""`bdc lock`: pin what the user's code needs."""

import shutil
import subprocess
import sys
import tempfile
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path

import click

from bdc.cli import exits
from bdc.cli.compile import spec_argument
from bdc.cli.results import json_option, tell
from bdc.output.requirements import DECLARED, LOCKED, blocks
from bdc_emitters.registry import package_of

NO_RESOLVER = "this needs uv or pip-tools: `pip install uv`"
_UV = (
    "--universal",
    "--python-version",
    "3.11",
    "--generate-hashes",
    "--no-header",
    "--no-annotate",
    "--quiet",
)
_PIP_TOOLS = ("--generate-hashes", "--strip-extras", "--allow-unsafe",
    "--no-annotate", "--no-header", "--no-emit-index-url",
              "--no-emit-trusted-host", "--no-emit-find-links", "--quiet")  # fmt: skip


@click.command("lock")
@spec_argument
@json_option
def command(spec: Path, as_json: bool) -> None:
    """Pin the packages of requirements.in beside SPEC, and what they need, with hashes, in requirements.lock.

    The versions that the emitted service pins are kept. The command runs uv or pip-tools, which read the package index.
    """
    root = spec if spec.is_dir() else spec.parent
    if not (root / DECLARED).is_file():
        raise click.UsageError(
            f"there is no `{root / DECLARED}`: write what your code needs into it, one package per line"
        )
    resolver = _resolver()
    if resolver is None:
        click.echo(f"bdc: {NO_RESOLVER}", err=True)
        sys.exit(exits.OUTSIDE)
    with tempfile.TemporaryDirectory(prefix="bdc-lock-") as scratch:
        pins = Path(scratch) / "constraints.txt"
        pins.write_text(_pins(), encoding="utf-8")
        command = [*resolver, "--constraint", str(pins), "--output-file", LOCKED, DECLARED]
        if subprocess.run(command, cwd=root, check=False).returncode:
            click.echo(f"bdc: `{LOCKED}` was not written: see above", err=True)
            sys.exit(exits.OUTSIDE)
    names = [name for name, _ in blocks((root / LOCKED).read_text(encoding="utf-8"))]
    tell(
        as_json,
        {"file": str(root / LOCKED), "packages": names},
        f"{root / LOCKED}: {len(names)} packages pinned",
    )


def _resolver() -> list[str] | None:
    """Return the command that resolves: uv, else pip-tools, on the path or in this Python; None when there is none."""
    if program := shutil.which("uv"):
        return [program, "pip", "compile", *_UV]
    if find_spec("uv") is not None:
        return [sys.executable, "-m", "uv", "pip", "compile", *_UV]
    if program := shutil.which("pip-compile"):
        return [program, *_PIP_TOOLS]
    if find_spec("piptools") is not None:
        return [sys.executable, "-m", "piptools", "compile", *_PIP_TOOLS]
    return None


def _pins() -> str:
    """What the emitted service and its tests are pinned to, as constraints."""
    folder = files(package_of("docker")).joinpath("runtime")
    lock = folder.joinpath("requirements-dev.lock").read_text(encoding="utf-8")
    return "".join(f"{block.partition(' ')[0]}\n" for _, block in blocks(lock))
