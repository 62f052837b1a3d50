"""What most commands begin with: read, compile, show what was wrong."""

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

from bdc.cli import exits
from bdc.cli.report import FORMATS, report
from bdc.diagnostics import Diagnostic, DiagnosticSink, Severity
from bdc.ir import SystemIR
from bdc.project import Project, load_project
from bdc.source import SourceFile


def spec_argument(function: Callable[..., Any]) -> Callable[..., Any]:
    """The argument SPEC: a folder of `.bds` files, or one file."""
    return click.argument("spec", type=click.Path(path_type=Path), default=".")(function)


def format_option(function: Callable[..., Any]) -> Callable[..., Any]:
    """The option `--format human|json|sarif` for diagnostics."""
    return click.option(
        "--format", "style", type=click.Choice(FORMATS), default="human", help="The format of diagnostics."
    )(function)


def compile_or_exit(spec: Path, style: str) -> tuple[Project, SystemIR]:
    """Return the project and its IR; show diagnostics on the way and exit with 1 when there are errors."""
    project, system, found = compile_spec(spec)
    report(found, project.files, style, always=False)
    if system is None:
        sys.exit(exits.SPEC)
    return project, system


def compile_spec(
    spec: Path, *, production: bool = False, engine: str = "postgres"
) -> tuple[Project, SystemIR | None, tuple[Diagnostic, ...]]:
    """Read and compile; problems of files come first, then those of the language. `production`, `engine`: see `compile_system`."""
    sink = DiagnosticSink()
    project = load_project(spec, sink)
    if not project.files:
        return project, None, sink.in_source_order()
    return _compile(project, project.files, sink, production, engine)


def _compile(
    project: Project,
    files: tuple[SourceFile, ...],
    sink: DiagnosticSink,
    production: bool = False,
    engine: str = "postgres",
) -> tuple[Project, SystemIR | None, tuple[Diagnostic, ...]]:
    from bdc.pipeline import compile_system

    compilation = compile_system(files, production=production, engine=engine)
    found = sink.in_source_order() + compilation.diagnostics
    failed = any(item.severity is Severity.ERROR for item in found)
    return project, None if failed else compilation.system, found
