"""`services/data/statements/`: the compiled reads as data for the composer, one module per entity."""

from collections.abc import Iterator
from dataclasses import MISSING, fields, is_dataclass, replace

from bdc.ir import SystemIR, compiled
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.query.jsontext import json_text
from bdc.source.records import dataclass
from bdc.surface.names import surface_names
from bdc_emitters.service.operations import listed

TEMPLATES = Templates("bdc_emitters.service")
# How the runtime's `member` can write a value: `services.data.engine.members`.
SHORT = frozenset({"plain", "string", "time", "number", "bool", "raw"})


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
    given = ((field.name, getattr(read, field.name)) for field in fields(read))
    arguments = tuple(_argument(name, value) for name, value in given if value not in ("", (), None))
    names = surface_names(system)
    return EntityView(names.entities[read.entity], read.entity, names.modules[read.entity], arguments)


def _argument(name: str, value: object) -> ArgumentView:
    if isinstance(value, tuple) and value and not isinstance(value[0], str):
        return ArgumentView(name, None, tuple(source(item) for item in value), True)
    return ArgumentView(name, value, (), False)


def source(value: object) -> str:
    """Return the source of a fragment: members that are always given by their place, the others by name unless they have the default."""
    if isinstance(value, tuple):
        return listed([source(item) for item in value])
    if not is_dataclass(value):
        return repr(value)
    if isinstance(value, compiled.ReadMember) and value == _plain(value):
        return _short(value)
    declared = fields(value)
    given = [source(getattr(value, field.name)) for field in declared if field.default is MISSING]
    given += [
        f"{field.name}={source(getattr(value, field.name))}"
        for field in declared
        if field.default is not MISSING and getattr(value, field.name) != field.default
    ]
    return f"{type(value).__name__}({', '.join(given)})"


def _plain(member: compiled.ReadMember) -> compiled.ReadMember:
    """Return the member that the runtime's `member` makes of the words of `_short`."""
    if member.json not in SHORT:
        return replace(member, name="")
    json = json_text(member.json, member.sql, member.nullable)
    return compiled.ReadMember(
        name=member.name,
        field=member.field,
        sql=member.sql,
        sql_type=member.sql_type,
        json=member.json,
        prefix=json.prefix,
        text=json.text,
        suffix=json.suffix,
        nullable=member.nullable,
    )


def _short(member: compiled.ReadMember) -> str:
    given = [repr(member.name), repr(member.sql_type), repr(member.json)]
    given += ["null=True"] if member.nullable else []
    given += [f"field={member.field!r}"] if member.field != member.name else []
    given += [f"sql={member.sql!r}"] if member.sql != f"«a».{member.name}" else []
    return f"member({', '.join(given)})"
