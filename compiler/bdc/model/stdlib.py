"""The standard library: `.bds` files shipped as data, parsed when a specification uses them."""

from functools import cache
from importlib.resources import files

from bdc.diagnostics import DiagnosticSink
from bdc.source import SourceFile
from bdc.syntax import ast, parse

_FOLDER = "bdc_specs.std"
_parsed: dict[str, ast.SourceTree] = {}


@cache
def standard_modules() -> tuple[str, ...]:
    """Return the names of all standard modules: `std.mixins`, `std.types`."""
    found = (entry.name for entry in files(_FOLDER).iterdir() if entry.name.endswith(".bds"))
    return tuple(sorted(f"std.{name.removesuffix('.bds')}" for name in found))


@cache
def _source(module: str) -> SourceFile:
    name = f"{module.removeprefix('std.')}.bds"
    text = files(_FOLDER).joinpath(name).read_text(encoding="utf-8")
    return SourceFile(f"bdc_specs/std/{name}", text)


def standard_tree(module: str, sink: DiagnosticSink) -> ast.SourceTree:
    """Parse one standard module, once; its own mistakes would be reported like any other's."""
    known = _parsed.get(module)
    if known is None:
        own = DiagnosticSink()
        known = parse(_source(module), own)
        if own.in_source_order():
            return parse(_source(module), sink)
        _parsed[module] = known
    return known
