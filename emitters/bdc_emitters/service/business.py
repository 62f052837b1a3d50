"""`services/business/`: what custom operations are given, may raise, and who runs them; and the first version of each body."""

from collections.abc import Iterator
from dataclasses import dataclass

from bdc.ir import EntityType, ErrorDecl, Operation, Parameter, SystemIR
from bdc.output import EmitContext, GeneratedFile, Ownership
from bdc.output.templates import Templates
from bdc_emitters.service.models import MemberView, member, named
from bdc_emitters.service.names import attribute, identifier, snake
from bdc_emitters.service.python_types import annotation, constant_value, read_annotation

TEMPLATES = Templates("bdc_emitters.service")


@dataclass(frozen=True, slots=True)
class ErrorView:
    name: str
    code: str
    status: int
    doc: str
    members: tuple[MemberView, ...]


@dataclass(frozen=True, slots=True)
class ErrorsView:
    errors: tuple[ErrorView, ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ArgumentView:
    """`read` is the annotation where JSON is read. `default`: what stands behind the `=`, '' for an argument that a caller must give. `alias` is its name in JSON."""

    name: str
    alias: str
    annotation: str
    read: str
    default: str


@dataclass(frozen=True, slots=True)
class HandlerView:
    """`entity` is the class of the row, '' outside a resource. `returns`: what the function gives back, `None` when the
    answer is its own row."""

    name: str
    module: str
    function: str
    context: str
    arguments_class: str
    entity: str
    row_name: str
    arguments: tuple[ArgumentView, ...]
    returns: str
    target: str
    outcome: str
    doc: str
    errors: tuple[str, ...]
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HandlersView:
    handlers: tuple[HandlerView, ...]
    types: tuple[str, ...]
    entities: tuple[str, ...]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the generated modules and one scaffold per operation."""
    errors = ErrorsView(
        tuple(_error(error) for error in system.errors),
        tuple(sorted({n for error in system.errors for m in error.members for n in named(m.type)})),
    )
    yield GeneratedFile("services/business/errors.py", TEMPLATES.render("errors.py.j2", errors))
    handlers = tuple(_handlers(system))
    view = HandlersView(
        handlers,
        tuple(sorted({name for handler in handlers for name in handler.types})),
        tuple(sorted({handler.entity for handler in handlers if handler.entity})),
    )
    for name in ("contexts", "handlers"):
        yield GeneratedFile(f"services/business/{name}.py", TEMPLATES.render(f"{name}.py.j2", view))
    for handler in handlers:
        text = TEMPLATES.render("scaffold.py.j2", handler)
        yield GeneratedFile(f"services/business/{handler.module}.py", text, Ownership.SCAFFOLD)


def _error(error: ErrorDecl) -> ErrorView:
    members = tuple(member(m.name, annotation(m.type, m.nullable), m.nullable) for m in error.members)
    return ErrorView(error.name, error.code, error.status, error.doc or f"{error.name}.", members)


def _argument(parameter: Parameter, taken: frozenset[str]) -> ArgumentView:
    name = f"{parameter.name}_" if parameter.name in taken else attribute(parameter.name)
    alias = "" if name == parameter.name else f"alias={parameter.name!r}"
    default = "None" if parameter.nullable else ""
    settings = [f"default={default}", alias] if default and alias else [alias]
    if parameter.default is not None:
        settings = [f"default={constant_value(parameter.default)!r}", "validate_default=True", alias]
    given = ", ".join(filter(None, settings))
    return ArgumentView(
        name,
        parameter.name,
        annotation(parameter.type, parameter.nullable),
        read_annotation(parameter.type, parameter.nullable),
        f"Field({given})" if given else default,
    )


def _handlers(system: SystemIR) -> Iterator[HandlerView]:
    for api in system.apis:
        for resource in api.resources:
            for operation in resource.custom:
                if operation.body.kind == "handler":
                    yield _handler(operation, resource.entity)
        for operation in api.operations:
            if operation.body.kind == "handler":
                yield _handler(operation, "")


def _handler(operation: Operation, entity: str) -> HandlerView:
    own = isinstance(operation.returns, EntityType) and operation.returns.name == entity
    answers = operation.returns is not None and not own
    title = operation.name[0].upper() + "".join(part.title() for part in operation.name.split("_"))[1:]
    result = (
        annotation(operation.returns, operation.returns_nullable) if operation.returns and answers else "None"
    )
    taken = frozenset({"context", identifier(snake(entity))})
    arguments = tuple(_argument(parameter, taken) for parameter in operation.parameters)
    held = [p.type for p in operation.parameters]
    if operation.returns is not None and answers:
        held.append(operation.returns)
    return HandlerView(
        name=f"{entity}.{operation.name}" if entity else operation.name,
        module=f"{snake(entity)}_{operation.name}" if entity else identifier(operation.name),
        function=identifier(operation.name),
        context=f"{entity}{title}Context",
        arguments_class=f"{entity}{title}Arguments",
        entity=entity,
        row_name=identifier(snake(entity)),
        arguments=arguments,
        returns=result,
        target="answer = " if answers else "",
        outcome="model_json(answer)" if answers else "None",
        doc=operation.doc.strip() or f"Perform `{operation.name}`.",
        errors=tuple(raised.error for raised in operation.errors if raised.on is None),
        types=tuple(sorted({name for logical in held for name in named(logical)})),
    )
