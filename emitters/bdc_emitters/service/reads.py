"""`services/data/statements/`: the compiled reads as data for the composer, one module per entity."""

from collections.abc import Iterator
from dataclasses import dataclass, fields

from bdc.ir import SystemIR, compiled
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.surface.names import surface_names

TEMPLATES = Templates("bdc_emitters.service")


@dataclass(frozen=True, slots=True)
class ArgumentView:
    """`value` is a literal of Python; `fragments` the sources of a tuple of fragments, when it is one."""

    name: str
    value: object
    fragments: tuple[str, ...]
    nested: bool


@dataclass(frozen=True, slots=True)
class EntityView:
    constant: str
    entity: str
    module: str
    arguments: tuple[ArgumentView, ...]


@dataclass(frozen=True, slots=True)
class PackageView:
    identity: tuple[str, ...]
    entities: tuple[EntityView, ...]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the package."""
    views = tuple(_entity(system, read) for read in context.queries.reads)
    identity = tuple(source(parameter) for parameter in context.queries.identity)
    package = TEMPLATES.render("statements_package.py.j2", PackageView(identity, views))
    yield GeneratedFile("services/data/statements/__init__.py", package)
    for view in views:
        path = f"services/data/statements/{view.module}.py"
        yield GeneratedFile(path, TEMPLATES.render("statements.py.j2", view))


def _entity(system: SystemIR, read: compiled.EntityRead) -> EntityView:
    arguments = tuple(_argument(field.name, getattr(read, field.name)) for field in fields(read))
    names = surface_names(system)
    return EntityView(names.entities[read.entity], read.entity, names.modules[read.entity], arguments)


def _argument(name: str, value: object) -> ArgumentView:
    if isinstance(value, tuple) and value and not isinstance(value[0], str):
        return ArgumentView(name, None, tuple(source(item) for item in value), True)
    return ArgumentView(name, value, (), False)


def source(value: object) -> str:
    """Return the source of a fragment: its class with every member that is not the default."""
    if isinstance(value, tuple):
        return "(" + "".join(f"{source(item)}, " for item in value) + ")"
    if not hasattr(value, "__dataclass_fields__"):
        return repr(value)
    given = [
        f"{field.name}={source(getattr(value, field.name))}"
        for field in fields(value)  # type: ignore[arg-type]
        if getattr(value, field.name) != field.default
    ]
    return f"{type(value).__name__}({', '.join(given)})"
