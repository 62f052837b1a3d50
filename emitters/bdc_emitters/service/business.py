"""`services/business/`: what custom operations are given, may raise, and who runs them; and the first version of each body."""

from collections.abc import Iterator

from bdc.ir import EntityType, ErrorDecl, Operation, Parameter, SystemIR
from bdc.naming.casing import snake
from bdc.naming.distinct import aside, distinct
from bdc.naming.python import IN_HANDLERS, OWN_MODULES, attribute, identifier, item, local_class
from bdc.output import EmitContext, GeneratedFile, Ownership
from bdc.output.templates import Templates
from bdc.source.records import dataclass
from bdc.surface.contexts import called_services
from bdc.surface.names import OperationKey, operations, surface_names
from bdc_emitters.service.models import MemberView, members_of, named
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
    """`entity` is the class of the row, '' outside a resource; `entity_import` and `module_import` are items of imports. `returns`: what the function gives back, `None` when the
    answer is its own row."""

    name: str
    module: str
    function: str
    context: str
    arguments_class: str
    entity: str
    entity_import: str
    module_import: str
    local_module: str
    row_name: str
    arguments: tuple[ArgumentView, ...]
    returns: str
    target: str
    outcome: str
    doc: str
    errors: tuple[str, ...]
    types: tuple[str, ...]
    externals: tuple[tuple[str, str], ...]
    base: str

    @property
    def own(self) -> str:
        """The source of its context, made of the one that the service gives."""
        given = "actor", "request_id", "operation", "cipher"
        first = "opened(context)" if self.externals else "context.connection"
        return f"{self.context}({first}, {', '.join(f'context.{name}' for name in given)})"

    @property
    def hidden_class(self) -> bool:
        """Whether an argument hides the class that says that the body is not written yet."""
        return any(each.name == "Problem" for each in self.arguments)


@dataclass(frozen=True, slots=True)
class HandlersView:
    """`calling`: the operations that call other services; `externals`: classes of those."""

    handlers: tuple[HandlerView, ...]
    types: tuple[str, ...]
    entities: tuple[str, ...]
    calling: tuple[str, ...]
    externals: tuple[str, ...]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the generated modules and one scaffold per operation."""
    errors = ErrorsView(
        tuple(_error(error) for error in system.errors),
        tuple(
            sorted({local_class(n) for error in system.errors for m in error.members for n in named(m.type)})
        ),
    )
    yield GeneratedFile("services/business/errors.py", TEMPLATES.render("errors.py.j2", errors))
    handlers = tuple(_handlers(system))
    view = HandlersView(
        handlers,
        tuple(sorted({name for handler in handlers for name in handler.types})),
        tuple(sorted({handler.entity_import for handler in handlers if handler.entity})),
        tuple(handler.name for handler in handlers if handler.externals),
        tuple(sorted({class_ for handler in handlers for _, class_ in handler.externals})),
    )
    for name in ("contexts", "handlers"):
        yield GeneratedFile(f"services/business/{name}.py", TEMPLATES.render(f"{name}.py.j2", view))
    for handler in handlers:
        text = TEMPLATES.render("scaffold.py.j2", handler)
        yield GeneratedFile(f"services/business/{handler.module}.py", text, Ownership.SCAFFOLD)


def _error(error: ErrorDecl) -> ErrorView:
    members = members_of(
        ((m.name, annotation(m.type, m.nullable), m.nullable, "") for m in error.members), _IN_ERRORS
    )
    return ErrorView(
        local_class(error.name), error.code, error.status, error.doc or f"{error.name}.", members
    )


_IN_ERRORS = frozenset({"self", "detail", "super"})


def _argument(parameter: Parameter, name: str) -> ArgumentView:
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
    found = [(entity, each) for entity, each in operations(system) if each.body.kind == "handler"]
    classes = distinct(((entity, each.name), f"{entity or ''}{_title(each)}") for entity, each in found)
    local = _local_modules(system, [(entity, each.name) for entity, each in found])
    for entity, operation in found:
        key = entity, operation.name
        row = system.stored(entity) if entity is not None else ""
        module = surface_names(system).handlers[key]
        yield _handler(operation, entity or "", row, module, local[key], classes[key])


def _local_modules(system: SystemIR, keys: list[OperationKey]) -> dict[OperationKey, str]:
    """Return what the module of each operation is called where all of them are imported, beside classes of entities."""
    modules = surface_names(system).handlers
    around = IN_HANDLERS | {_local_entity(system.stored(entity)) for entity, _ in keys if entity}
    return {key: aside(modules[key], around) for key in keys}


def _local_entity(entity: str) -> str:
    return aside(entity, IN_HANDLERS)


def _title(operation: Operation) -> str:
    return operation.name[0].upper() + "".join(part.title() for part in operation.name.split("_"))[1:]


def _names(operation: Operation, taken: set[str]) -> dict[str, str]:
    """Return the name in Python of each parameter."""
    wanted = (
        (each.name, f"{each.name}_" if each.name in taken else attribute(each.name))
        for each in operation.parameters
    )
    return distinct(wanted, taken)


def _handler(
    operation: Operation, entity: str, row: str, module: str, local_module: str, title: str
) -> HandlerView:
    """`row`: the entity whose rows there are, where several apis offer them."""
    own = isinstance(operation.returns, EntityType) and operation.returns.name == entity
    answers = operation.returns is not None and not own
    result = (
        annotation(operation.returns, operation.returns_nullable) if operation.returns and answers else "None"
    )
    names = _names(operation, {"context", _row_name(row)} if entity else {"context"})
    arguments = tuple(_argument(parameter, names[parameter.name]) for parameter in operation.parameters)
    held = [p.type for p in operation.parameters]
    if operation.returns is not None and answers:
        held.append(operation.returns)
    return HandlerView(
        name=f"{entity}.{operation.name}" if entity else operation.name,
        module=module,
        function=aside(identifier(operation.name), OWN_MODULES),
        context=f"{title}Context",
        arguments_class=f"{title}Arguments",
        entity=_local_entity(row) if entity else "",
        entity_import=item(identifier(row), _local_entity(row)),
        module_import=item(module, local_module),
        local_module=local_module,
        row_name=_row_name(row),
        arguments=arguments,
        returns=result,
        target="answer = " if answers else "",
        outcome="model_json(answer)" if answers else "None",
        doc=operation.doc.strip() or f"Perform `{operation.name}`.",
        errors=tuple(raised.error for raised in operation.errors if raised.on is None),
        types=tuple(sorted({local_class(name) for logical in held for name in named(logical)})),
        externals=called_services(operation.calls),
        base="CallingContext" if operation.calls else "OperationContext",
    )


def _row_name(entity: str) -> str:
    """Return the parameter that takes the row; the first is the context."""
    return aside(identifier(snake(entity)), {"context"})
