"""`services/data/operations/`: every write as the service knows it, one module per resource."""

from collections.abc import Iterable, Iterator, Sequence

from bdc.ir import Entity, Operation, Parameter, Resource, SystemIR
from bdc.ir.compiled import CompiledFunction, FunctionParameter, ParameterRole, half
from bdc.naming.python import all_order, used
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.source.records import dataclass
from bdc.surface.names import surface_names
from bdc_emitters.service.python_types import constant_value
from bdc_emitters.service.sealing import (
    sealed_create,
    sealed_fields_file,
    sealed_operation,
    sealed_row,
    sealed_update,
)

TEMPLATES = Templates("bdc_emitters.service")
SOURCES = (
    "from_body",
    "from_expand",
    "from_idempotency_key",
    "from_if_match",
    "from_input",
    "from_key",
    "from_request_hash",
    "from_result",
)
SEALING = ("SealedMember", "SealedRow", "SealedShape")
WRITES = ("create", "update", "delete")


@dataclass(frozen=True, slots=True)
class FunctionView:
    call: str
    sources: tuple[str, ...]

    @property
    def source(self) -> str:
        """The source of the runtime's `Function`."""
        return f"Function({self.call!r}, {listed(self.sources)})"


@dataclass(frozen=True, slots=True)
class OperationView:
    """`input` is the source of the validator, '' when nothing is accepted; `sealed` and `row` say what is encrypted, '' for nothing."""

    constant: str
    name: str
    doc: str
    input: str
    function: FunctionView
    finish: FunctionView | None
    has_finish: bool
    versioned: bool
    idempotent: bool
    sealed: str
    row: str


@dataclass(frozen=True, slots=True)
class OperationsView:
    """`inputs` is the module of validators, '' when it is not needed."""

    title: str
    inputs: str
    has_inputs: bool
    imports: tuple[str, ...]
    sealing: tuple[str, ...]
    has_sealing: bool
    operations: tuple[OperationView, ...]


@dataclass(frozen=True, slots=True)
class ModuleView:
    module: str
    constants: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PackageView:
    modules: tuple[ModuleView, ...]
    exported: tuple[str, ...]


Functions = dict[tuple[str | None, str], CompiledFunction]


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Return the package, and the list of what is stored encrypted beside it."""
    functions = {(function.entity, function.operation): function for function in context.queries.functions}
    modules: list[ModuleView] = []
    for name, view in _modules(system, functions):
        modules.append(ModuleView(name, tuple(op.constant for op in view.operations)))
        path = f"services/data/operations/{name}.py"
        yield GeneratedFile(path, TEMPLATES.render("operations.py.j2", view))
    exported = tuple(sorted((name for module in modules for name in module.constants), key=all_order))
    yield sealed_fields_file(system)
    package = TEMPLATES.render("operations_package.py.j2", PackageView(tuple(modules), exported))
    yield GeneratedFile("services/data/operations/__init__.py", package)


def _modules(system: SystemIR, functions: Functions) -> Iterator[tuple[str, OperationsView]]:
    names = surface_names(system)
    for api in system.apis:
        for resource in api.resources:
            entity = system.entity(resource.entity)
            plain = [_write(system, resource, name, functions) for name in resource.offered if name in WRITES]
            custom = [_custom(system, op, entity, functions) for op in resource.custom]
            views = (*plain, *custom)
            if views:
                name = names.modules[entity.name]
                yield name, _view(entity.name, name, views)
        if api.operations:
            name = names.operation_modules[api.name]
            yield name, _view(api.name, name, [_custom(system, op, None, functions) for op in api.operations])


def _view(title: str, module: str, views: Iterable[OperationView]) -> OperationsView:
    found = tuple(views)
    calls = [f for view in found for f in (view.function, view.finish) if f is not None]
    sources = (source for function in calls for source in function.sources)
    imports = ("Function", "Operation", *used(SOURCES, sources))
    texts = [text for view in found for text in (view.sealed, view.row)]
    sealing = tuple(name for name in SEALING if any(f"{name}(" in text for text in texts))
    return OperationsView(
        title, module, any(view.input for view in found), imports, sealing, bool(sealing), found
    )


def _write(system: SystemIR, resource: Resource, name: str, functions: Functions) -> OperationView:
    entity = system.entity(resource.entity)
    called = surface_names(system).operations[entity.name, name]
    sealed = {
        "create": lambda: sealed_create(system, entity, resource.create),
        "update": lambda: sealed_update(system, entity, resource.update),
    }
    return OperationView(
        constant=called,
        name=f"{entity.name}.{name}",
        doc=f"{name.capitalize()} one {entity.name}.",
        input=f"inputs.{called}" if name != "delete" else "",
        function=function_view(functions[entity.name, name], ()),
        finish=None,
        has_finish=False,
        versioned=entity.versioned,
        idempotent=name == "create",
        sealed=sealed[name]() if name in sealed else "",
        row="",
    )


def _custom(
    system: SystemIR, operation: Operation, entity: Entity | None, functions: Functions
) -> OperationView:
    owner = entity.name if entity else None
    parts = [part for part in (owner, operation.name) if part]
    called = surface_names(system).operations[owner, operation.name]
    whole = functions.get((owner, operation.name))
    begin = whole or functions[owner, half(operation.name, "begin")]
    finish = None if whole else functions[owner, half(operation.name, "finish")]
    return OperationView(
        constant=called,
        name=".".join(parts),
        doc=operation.doc,
        input=f"inputs.{called}",
        function=function_view(begin, operation.parameters),
        finish=function_view(finish, operation.parameters) if finish else None,
        has_finish=finish is not None,
        versioned=any(p.role is ParameterRole.IF_MATCH for p in begin.parameters),
        idempotent=operation.idempotent,
        sealed=sealed_operation(system, entity, operation) if entity else "",
        row=sealed_row(system, entity) if entity and finish else "",
    )


def function_view(function: CompiledFunction, parameters: tuple[Parameter, ...]) -> FunctionView:
    """Return a function's call and the sources of its parameters after the identity."""
    rest = [p for p in function.parameters if p.role is not ParameterRole.IDENTITY]
    declared = {parameter.name: parameter for parameter in parameters}
    keys = [p.name for p in rest if p.role is ParameterRole.KEY]
    sources = tuple(_source(p, keys, declared) for p in rest)
    return FunctionView(function.call, sources)


def listed(sources: Sequence[str]) -> str:
    """Return the source of a tuple, with no comma at its end that would spread it over lines."""
    return f"({', '.join(sources)}{',' if len(sources) == 1 else ''})"


def _source(parameter: FunctionParameter, keys: list[str], declared: dict[str, Parameter]) -> str:
    if parameter.role is ParameterRole.KEY:
        return f"from_key({keys.index(parameter.name)})"
    if parameter.role is not ParameterRole.ARGUMENT:
        return f"from_{parameter.role.value}()"
    default = _default(declared.get(parameter.name))
    return f"from_body({parameter.name!r}, {parameter.sql_type!r}{default})"


def _default(parameter: Parameter | None) -> str:
    if parameter is None or parameter.default is None:
        return ""
    return f", default={constant_value(parameter.default)!r}"
