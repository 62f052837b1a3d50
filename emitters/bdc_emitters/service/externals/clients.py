"""`services/external/clients.py`: a typed class of each service, with what was declared about it."""

import json
from dataclasses import dataclass

from bdc.ir import DeployText, External, ExternalOperation, ExternalParameter, SystemIR
from bdc.naming.casing import snake
from bdc.naming.distinct import distinct
from bdc.naming.python import attribute, client_class, identifier, local_class
from bdc.surface.examples import Examples
from bdc_emitters.service.externals.answers import bounded
from bdc_emitters.service.models import named
from bdc_emitters.service.python_types import annotation

_ANSWERS = "_answers."


@dataclass(frozen=True, slots=True)
class ParameterView:
    """`local`: its name in Python; `shape`: the type that it is written as."""

    name: str
    wire: str
    place: str
    required: bool
    shape: str
    local: str
    annotation: str
    default: str


@dataclass(frozen=True, slots=True)
class OperationView:
    """`shape`: source of the type of its answer, `None` for nothing; `fallback`: source of the text of an answer."""

    name: str
    method_name: str
    doc: str
    method: str
    path: str
    parameters: tuple[ParameterView, ...]
    shape: str
    nullable: bool
    idempotent: bool
    repeatable: bool
    fallback: str
    example: str
    returns: str
    answer: str
    answers: bool


@dataclass(frozen=True, slots=True)
class ExternalView:
    """`name` of the class, `title` in the specification."""

    name: str
    title: str
    doc: str
    address: str
    timeout: float
    retry: int
    first_pause: float
    longest_pause: float
    failures: int
    open: float
    bulkhead: int
    auth: str
    secrets: str
    operations: tuple[OperationView, ...]


@dataclass(frozen=True, slots=True)
class ClientsView:
    """`given`: enums and structs that arguments are made of, as items of an import; `first`: what a context calls the first service."""

    externals: tuple[ExternalView, ...]
    given: tuple[str, ...]
    answered: bool
    first: str


def clients_view(system: SystemIR, answered: bool) -> ClientsView:
    """Return what the template shows. `answered`: some answer is a struct."""
    examples = Examples(system)
    types = [
        each.type for external in system.externals for op in external.operations for each in op.parameters
    ]
    results = [op.returns for external in system.externals for op in external.operations if op.returns]
    names = {local_class(name) for each in (*types, *results) for name in named(each)}
    return ClientsView(
        tuple(_external(examples, each) for each in system.externals),
        tuple(sorted(names)),
        answered,
        context_name(system.externals[0].name),
    )


def context_name(external: str) -> str:
    """Return what the context of a handler calls a service."""
    return identifier(snake(external))


def _external(examples: Examples, external: External) -> ExternalView:
    auth = external.auth
    secrets = {each.name: each.value for each in auth.values} if auth is not None else {}
    names = distinct(
        ((each.name, attribute(each.name)) for each in external.operations), {"_call", "EXTERNAL"}
    )
    return ExternalView(
        client_class(external.name),
        external.name,
        external.doc.strip() or f"The service {external.name}.",
        _text(external.address),
        external.timeout,
        external.retry,
        external.first_pause,
        external.longest_pause,
        external.failures,
        external.open,
        external.bulkhead,
        auth.kind if auth is not None else "",
        "{" + ", ".join(f"{name!r}: {_text(text)}" for name, text in secrets.items()) + "}",
        tuple(_operation(examples, each, names[each.name]) for each in external.operations),
    )


def _text(text: DeployText) -> str:
    return f"_Text(variable={text.variable!r})" if text.variable else f"_Text({text.text!r})"


def _operation(examples: Examples, operation: ExternalOperation, method_name: str) -> OperationView:
    names = distinct(
        ((each.name, attribute(each.name)) for each in operation.parameters), {"self", "found", "key"}
    )
    returns, nullable = operation.returns, operation.returns_nullable
    ordered = sorted(operation.parameters, key=lambda each: each.nullable)
    answers = returns is not None
    result = annotation(returns, nullable) if returns is not None else "None"
    return OperationView(
        operation.name,
        method_name,
        operation.doc.strip() or f"Call `{operation.name}`.",
        operation.method,
        operation.path,
        tuple(_parameter(each, names[each.name]) for each in ordered),
        f"_Shape({bounded(returns, nullable, _ANSWERS)})" if returns is not None else "None",
        nullable,
        operation.idempotent,
        operation.repeatable,
        repr(operation.fallback),
        json.dumps(examples.answer(returns), ensure_ascii=False) if returns is not None else "",
        result,
        f"found: {result} = " if answers else "",
        answers,
    )


def _parameter(parameter: ExternalParameter, local: str) -> ParameterView:
    return ParameterView(
        parameter.name,
        parameter.wire,
        parameter.place,
        not parameter.nullable,
        annotation(parameter.type),
        local,
        annotation(parameter.type, parameter.nullable),
        " = None" if parameter.nullable else "",
    )
