"""`services/data/operations/`: every write as the service knows it, one module per resource."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from bdc.ir import Api, Entity, Operation, Parameter, ScalarField, SystemIR
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc.query.compiled import CompiledFunction, FunctionParameter, ParameterRole
from bdc_emitters.service.logical import is_uuid, key_fields, key_type
from bdc_emitters.service.names import all_order, constant, snake, used
from bdc_emitters.service.python_types import constant_value

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
WRITES = ("create", "update", "delete")


@dataclass(frozen=True, slots=True)
class FunctionView:
    call: str
    sources: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class EncryptedView:
    member: str
    column: str


@dataclass(frozen=True, slots=True)
class OperationView:
    """`input` is the source of the validator, '' when nothing is accepted."""

    constant: str
    name: str
    doc: str
    input: str
    function: FunctionView
    finish: FunctionView | None
    has_finish: bool
    versioned: bool
    idempotent: bool
    encrypted: tuple[EncryptedView, ...]
    created_key: str
    tenant_claim: str


@dataclass(frozen=True, slots=True)
class OperationsView:
    """`inputs` is the module of validators, '' when it is not needed."""

    title: str
    inputs: str
    has_inputs: bool
    imports: tuple[str, ...]
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
    """Return the package."""
    functions = {(function.entity, function.operation): function for function in context.queries.functions}
    modules: list[ModuleView] = []
    for name, view in _modules(system, functions):
        modules.append(ModuleView(name, tuple(op.constant for op in view.operations)))
        path = f"services/data/operations/{name}.py"
        yield GeneratedFile(path, TEMPLATES.render("operations.py.j2", view))
    exported = tuple(sorted((name for module in modules for name in module.constants), key=all_order))
    package = TEMPLATES.render("operations_package.py.j2", PackageView(tuple(modules), exported))
    yield GeneratedFile("services/data/operations/__init__.py", package)


def _modules(system: SystemIR, functions: Functions) -> Iterator[tuple[str, OperationsView]]:
    for api in system.apis:
        for resource in api.resources:
            entity = system.entity(resource.entity)
            plain = [
                _write(system, entity, name, functions) for name in resource.operations if name in WRITES
            ]
            custom = [_custom(op, entity, functions) for op in resource.custom]
            views = (*plain, *custom)
            if views:
                name = snake(entity.name)
                yield name, _view(entity.name, name, views)
        if api.operations:
            name = operations_module(api)
            yield name, _view(api.name, name, [_custom(op, None, functions) for op in api.operations])


def _view(title: str, module: str, views: Iterable[OperationView]) -> OperationsView:
    found = tuple(views)
    calls = [f for view in found for f in (view.function, view.finish) if f is not None]
    sources = (source for function in calls for source in function.sources)
    encrypted = ("EncryptedMember",) if any(view.encrypted for view in found) else ()
    imports = (*encrypted, "Function", "Operation", *used(SOURCES, sources))
    return OperationsView(title, module, any(view.input for view in found), imports, found)


def operations_module(api: Api) -> str:
    """Return the name of the modules for operations outside resources."""
    return f"{snake(api.name)}_operations"


def _write(system: SystemIR, entity: Entity, name: str, functions: Functions) -> OperationView:
    encrypted = _encrypted(entity) if name != "delete" else ()
    makes_key = bool(encrypted) and name == "create" and is_uuid(key_type(system, entity))
    claim = system.identity.tenant_claim if system.identity else None
    return OperationView(
        constant=constant(entity.name, name),
        name=f"{entity.name}.{name}",
        doc=f"{name.capitalize()} one {entity.name}.",
        input=f"inputs.{constant(entity.name, name)}" if name != "delete" else "",
        function=function_view(functions[entity.name, name], ()),
        finish=None,
        has_finish=False,
        versioned=entity.versioned,
        idempotent=name == "create",
        encrypted=encrypted,
        created_key=key_fields(entity)[0].name if makes_key else "",
        tenant_claim=(claim or "") if encrypted and entity.tenant else "",
    )


def _encrypted(entity: Entity) -> tuple[EncryptedView, ...]:
    return tuple(
        EncryptedView(field.name, f"{entity.table}.{field.column}")
        for field in entity.fields
        if isinstance(field, ScalarField) and field.encrypted
    )


def _custom(operation: Operation, entity: Entity | None, functions: Functions) -> OperationView:
    owner = entity.name if entity else None
    parts = [part for part in (owner, operation.name) if part]
    whole = functions.get((owner, operation.name))
    begin = whole or functions[owner, f"{operation.name}_begin"]
    finish = None if whole else functions[owner, f"{operation.name}_finish"]
    return OperationView(
        constant=constant(*parts),
        name=".".join(parts),
        doc=operation.doc,
        input=f"inputs.{constant(*parts)}",
        function=function_view(begin, operation.parameters),
        finish=function_view(finish, operation.parameters) if finish else None,
        has_finish=finish is not None,
        versioned=any(p.role is ParameterRole.IF_MATCH for p in begin.parameters),
        idempotent=operation.idempotent,
        encrypted=(),
        created_key="",
        tenant_claim="",
    )


def function_view(function: CompiledFunction, parameters: tuple[Parameter, ...]) -> FunctionView:
    """Return a function's call and the sources of its parameters after the identity."""
    rest = [p for p in function.parameters if p.role is not ParameterRole.IDENTITY]
    declared = {parameter.name: parameter for parameter in parameters}
    keys = [p.name for p in rest if p.role is ParameterRole.KEY]
    sources = tuple(_source(p, keys, declared) for p in rest)
    return FunctionView(function.call, sources)


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
