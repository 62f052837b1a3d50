"""`bdc ir`: the typed IR, for tools in any language."""

from pathlib import Path

import click

from bdc.cli.compile import compile_or_exit, format_option, spec_argument


@click.command("ir")
@spec_argument
@format_option
@click.option(
    "--json", "as_json", is_flag=True, default=True, help="As JSON (the only form, and the default)."
)
@click.option("--schema", is_flag=True, help="Print the JSON Schema of the IR instead.")
def command(spec: Path, style: str, as_json: bool, schema: bool) -> None:
    """Print the IR of SPEC as JSON. Its schema is in specs/ir/."""
    if schema:
        from bdc.ir import SystemIR
        from bdc.output.document import to_json

        click.echo(to_json(SystemIR.model_json_schema(mode="serialization")), nl=False)
        return
    _, system = compile_or_exit(spec, style)
    click.echo(system.model_dump_json(indent=2))
