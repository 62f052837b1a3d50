"""Every argument of an operation has a place in the request that can carry it, and the path of a row names the row."""

import re
from collections.abc import Iterator

from bdc import ir
from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import NOT_BOUND, PATH_WITHOUT_KEY, UNKNOWN_PATH_PARAMETER
from bdc.model import Model
from bdc.model.apis.bindings import (
    BODILESS,
    KEY,
    holes,
    keyed_path,
    method,
    path_names,
    path_parameters,
    place,
    row_names,
)
from bdc.model.nodes.api import Operation, Resource
from bdc.model.nodes.entity import Entity
from bdc.model.nodes.values import Entry
from bdc.source import Span
from bdc.source.records import dataclass

_HEADER = re.compile(r"[0-9A-Za-z]+(?:-[0-9A-Za-z]+)*")
_RESERVED = frozenset(
    [
        "accept",
        "accept-encoding",
        "authorization",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "date",
        "expect",
        "host",
        "idempotency-key",
        "if-match",
        "if-none-match",
        "keep-alive",
        "origin",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
        "x-api-key",
        "x-request-id",
    ]
)


@dataclass(frozen=True, slots=True)
class UnknownPathParameter(Fact):
    DIAGNOSTIC = UNKNOWN_PATH_PARAMETER

    name: str
    operation: str
    span: Span
    keys: tuple[str, ...] = ()

    @property
    def or_key(self) -> str:
        return f", or write the key: {_listed(self.keys)}" if self.keys else ""


@dataclass(frozen=True, slots=True)
class PathWithoutKey(Fact):
    DIAGNOSTIC = PATH_WITHOUT_KEY

    entity: str
    operation: str
    missing: tuple[str, ...]
    path: str
    span: Span

    @property
    def holes(self) -> tuple[str, ...]:
        return tuple(f"{{{name}}}" for name in self.missing)


@dataclass(frozen=True, slots=True)
class NotBound(Fact):
    """`what` cannot be carried; `why` is the fact at its place."""

    DIAGNOSTIC = NOT_BOUND

    what: str
    why: str
    span: Span
    help: str


def bindings(model: Model) -> Iterator[Fact]:
    for api in model.apis:
        for operation in api.operations:
            yield from _operation(operation, None, None)
        for resource in api.resources:
            for operation in resource.custom:
                yield from _operation(operation, model.entities.get(resource.entity), resource)


def _operation(operation: Operation, entity: Entity | None, resource: Resource | None) -> Iterator[Fact]:
    if operation.http is not None:
        yield from _path(operation, operation.http.path, operation.http.span, entity, resource)
    yield from _bodies(operation)
    yield from _headers(operation)
    keys = path_names(resource, entity)
    for parameter in operation.parameters:
        yield from _parameter(operation, parameter, keys)


def _path(
    operation: Operation, path: str, span: Span, entity: Entity | None, resource: Resource | None
) -> Iterator[Fact]:
    wrong = _malformed(path)
    if wrong:
        yield NotBound(
            f"the path of `{operation.name}` is not valid",
            wrong,
            span,
            'write segments: `"/orders/{id}/pay"`',
        )
        return
    known = {parameter.name for parameter in operation.parameters}
    own, keys = row_names(resource, entity), path_names(resource, entity)
    written = holes(keyed_path(path, own))
    for name in path_parameters(operation, keys):
        if name not in known and not (name == KEY and entity is not None):
            yield UnknownPathParameter(name, operation.name, span, keys)
    for name in dict.fromkeys(name for name in written if written.count(name) > 1):
        help_ = "name each part of the path once"
        yield NotBound(f"the path of `{operation.name}` takes `{{{name}}}` twice", "", span, help_)
    missing = tuple(name for name in keys if name not in written)
    if missing and entity is not None and resource is not None:
        shown = keyed_path(f"{resource.path}/{{{KEY}}}/{operation.name}", own)
        yield PathWithoutKey(entity.name, operation.name, missing, shown, span)


def _malformed(path: str) -> str:
    """Return what is wrong with the text of a path; '' when nothing is."""
    for segment in path.split("/")[1:]:
        if segment in (".", ".."):
            return f"clients resolve `{segment}` before they send the request"
        if ("{" in segment or "}" in segment) and not re.fullmatch(r"\{[^{}]+\}", segment):
            return f"`{segment}` mixes text and a parameter: a parameter is a whole segment"
        if found := re.search(r"[?#%\\\s\x00-\x1f\x7f]", segment):
            return (
                f"a path cannot hold `{found[0]}`"
                if found[0].isprintable()
                else "a path cannot hold this character"
            )
    return ""


def _bodies(operation: Operation) -> Iterator[Fact]:
    whole = [parameter for parameter in operation.parameters if parameter.place == "body"]
    verb = method(operation)
    for parameter in whole if verb in BODILESS else ():
        help_ = f"remove `@body`: the query carries `{parameter.name}`; or use POST, PUT or PATCH"
        yield NotBound(f"a {verb} has no body", f"`{parameter.name}` is its `@body`", parameter.span, help_)
    for parameter in whole[1:]:
        help_ = "merge them into one struct, or send the others in the query, in headers or in the path"
        why = f"`{whole[0].name}` is the whole body already"
        yield NotBound(f"`{operation.name}` has two bodies", why, parameter.span, help_)


def _headers(operation: Operation) -> Iterator[Fact]:
    seen: dict[str, Entry] = {}
    for parameter in operation.parameters:
        name = parameter.header.lower()
        if parameter.place != "header" or not name:
            continue
        help_ = 'choose another name: `@header("X-Trace")`'
        if not _HEADER.fullmatch(name):
            why = "a header name has letters, digits and `-`"
            yield NotBound(f"`{parameter.header}` is not the name of a header", why, parameter.span, help_)
        elif name in _RESERVED:
            why = "reserved for the service or the protocol"
            yield NotBound(f"the header `{parameter.header}` is reserved", why, parameter.span, help_)
        elif seen.setdefault(name, parameter) is not parameter:
            why = f"`{seen[name].name}` is sent in it already"
            yield NotBound(
                f"the header `{parameter.header}` carries two parameters", why, parameter.span, help_
            )


def _parameter(operation: Operation, parameter: Entry, keys: tuple[str, ...]) -> Iterator[Fact]:
    carried = place(parameter, operation, keys)
    if parameter.place is not None and parameter.name in path_parameters(operation, keys):
        why = f"the path takes `{{{parameter.name}}}`"
        help_ = f"remove `@{parameter.place}`, or the parameter from the path"
        yield NotBound(f"`{parameter.name}` is sent twice", why, parameter.span, help_)
    elif carried in ("path", "header") and not _is_text(parameter.type):
        word = "a segment of the path" if carried == "path" else "a header"
        help_ = (
            "send it in the body or in the query; a path or a header carries scalars, enums and lists of them"
        )
        why = f"`{parameter.name}` is an object or JSON"
        yield NotBound(f"{word} cannot carry `{parameter.name}`", why, parameter.span, help_)


def _is_text(logical: ir.Type) -> bool:
    """Whether a value has one text of its own: scalars but JSON, enums, lists of them."""
    if isinstance(logical, ir.ArrayType):
        return not isinstance(logical.item, ir.ArrayType) and _is_text(logical.item)
    if isinstance(logical, ir.ScalarType):
        return logical.scalar is not ir.Scalar.JSON
    return isinstance(logical, ir.EnumType)


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{{{name}}}`" for name in names)
