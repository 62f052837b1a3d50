"""`bdc fmt`: one way to write it."""

import sys
from pathlib import Path

import click

from bdc.cli import exits
from bdc.cli.report import report
from bdc.cli.results import json_option, tell
from bdc.diagnostics import DiagnosticSink
from bdc.project import load_project


@click.command("fmt")
@click.argument("spec", type=click.Path(path_type=Path), default=".")
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file would change.")
@json_option
def command(spec: Path, check: bool, as_json: bool) -> None:
    """Format SPEC in place. Comments keep their places. Files with syntax errors are reported and not changed."""
    from bdc.syntax import format_file

    sink = DiagnosticSink()
    project = load_project(spec, sink)
    base = spec if spec.is_dir() else spec.parent
    changed = []
    for file in project.files:
        formatted = format_file(file, sink)
        if formatted is not None and formatted != file.text:
            changed.append(file.path)
            if not check:
                (base / file.path).write_text(formatted, encoding="utf-8", newline="\n")
    report(sink.in_source_order(), project.files, "human", always=False)
    verb = "would format" if check else "formatted"
    tell(as_json, {"changed": changed, "written": not check}, *(f"{verb} {path}" for path in changed))
    if sink.has_errors or (check and changed):
        sys.exit(exits.SPEC)
