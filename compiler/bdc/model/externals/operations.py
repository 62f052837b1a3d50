"""Operations of an external service: what is sent, where, and what comes back."""

import json

from bdc import ir
from bdc.model.apis.bindings import BODILESS, holes
from bdc.model.apis.operations import http_of
from bdc.model.attributes import EXTERNAL_OPERATION, Attributes, read_attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.externals import UnfitExternal
from bdc.model.externals.constants import NOT_CONSTANT, REPORTED, constant
from bdc.model.nodes.api import Http
from bdc.model.nodes.external import ExternalOperation
from bdc.model.nodes.values import Entry
from bdc.model.typing.values import parameters
from bdc.model.typing.written import resolve_answer
from bdc.naming.casing import kebab
from bdc.syntax import ast


def resolve_offered(context: ResolveContext, external: str, declared: ast.OperationDecl) -> ExternalOperation:
    """Return an operation of `external`; what is wrong is reported."""
    name = declared.name.text
    owner = f"operation `{external}.{name}`"
    attributes = read_attributes(declared.attributes, EXTERNAL_OPERATION, owner, context)
    taken = parameters(context, declared.parameters, owner)
    returns = resolve_answer(context, declared.returns)
    http = http_of(context, attributes) or Http("POST", f"/{kebab(name)}", declared.name.span)
    for item in declared.items:
        help_ = "the other service does it: write its parameters, its result and `@http`"
        context.report(
            UnfitExternal(f"{owner} has a body", "not an operation of this system", help_, item.span)
        )
    result = returns.type if returns is not None else None
    _without_rows(context, owner, declared, taken, result)
    _carried(context, owner, http, taken, declared)
    nullable = returns.nullable if returns is not None else False
    return ExternalOperation(
        name=name,
        span=declared.name.span,
        doc=declared.doc,
        parameters=taken,
        returns=result,
        returns_nullable=nullable,
        method=http.method,
        path=http.path,
        idempotent=attributes.has("idempotent"),
        fallback=_fallback(context, owner, attributes, result, nullable),
    )


def _without_rows(
    context: ResolveContext,
    owner: str,
    declared: ast.OperationDecl,
    taken: tuple[Entry, ...],
    result: ir.Type | None,
) -> None:
    """Rows are of this system: another service is given values, and answers with values."""
    if declared.returns is not None and isinstance(_item(result), ir.EntityType):
        help_ = "declare a `struct` with what it answers"
        context.report(
            UnfitExternal(
                f"{owner} answers with a row", "an entity of this system", help_, declared.returns.span
            )
        )
    for each in taken:
        if isinstance(each.type, ir.ArrayType) and isinstance(each.type.item, ir.EntityType):
            help_ = "send keys or a `struct`"
            context.report(UnfitExternal(f"{owner} takes rows", "an entity of this system", help_, each.span))


def _item(type_: ir.Type | None) -> ir.Type | None:
    return type_.item if isinstance(type_, ir.ArrayType) else type_


def _carried(
    context: ResolveContext, owner: str, http: Http, taken: tuple[Entry, ...], declared: ast.OperationDecl
) -> None:
    """Each parameter can stand where the request has it, and each name of the path is given."""
    known = {each.name: each for each in taken}
    for name in holes(http.path):
        each = known.get(name)
        if name not in {parameter.name.text for parameter in declared.parameters}:
            help_ = f"declare it: `{name}: string`"
            context.report(
                UnfitExternal(f"`{name}` in the path of {owner} is no parameter", "", help_, http.span)
            )
        elif each is not None and (each.nullable or each.place is not None or not _is_word(each.type)):
            help_ = "a path is made of scalars and enums that are never null"
            context.report(UnfitExternal(f"`{name}` of {owner} does not fit in a path", "", help_, each.span))
    for each in taken:
        if each.default is not None:
            help_ = "give it where it is called, or let it be null: `?`"
            context.report(UnfitExternal(f"`{each.name}` of {owner} has a default", "", help_, each.span))
        where = place_of(each, http.method, http.path, taken)
        if where in ("query", "header") and not _is_word(_item(each.type) if where == "query" else each.type):
            help_ = "send it in the body of a POST, PUT or PATCH, or make it a scalar"
            context.report(
                UnfitExternal(f"`{each.name}` of {owner} does not fit in its {where}", "", help_, each.span)
            )
        if where in ("body", "whole") and http.method in BODILESS:
            help_ = "take POST, PUT or PATCH, or leave `@body` out"
            context.report(
                UnfitExternal(f"a {http.method} has no body for `{each.name}`", "", help_, each.span)
            )


def place_of(each: Entry, method: str, path: str, taken: tuple[Entry, ...]) -> ir.ExternalPlace:
    """Return where a request carries a parameter."""
    if each.place is not None:
        return "whole" if each.place == "body" else each.place
    if each.name in holes(path):
        return "path"
    whole = any(other.place == "body" for other in taken)
    return "query" if method in BODILESS or whole else "body"


def _is_word(type_: ir.Type | None) -> bool:
    if isinstance(type_, ir.EntityType):
        return True  # reported: it takes no rows
    return isinstance(type_, ir.EnumType) or (
        isinstance(type_, ir.ScalarType) and type_.scalar not in (ir.Scalar.JSON, ir.Scalar.BYTES)
    )


def _fallback(
    context: ResolveContext, owner: str, attributes: Attributes, result: ir.Type | None, nullable: bool
) -> str | None:
    """Return the answer that stands in for one that did not come, as JSON."""
    written = attributes.expression("fallback")
    if written is None:
        return None
    found = constant(context, written, result, nullable) if result is not None else NOT_CONSTANT
    if found is REPORTED:
        return None
    if found is not NOT_CONSTANT:
        return json.dumps(found, ensure_ascii=False)
    help_ = 'write a constant of its result (`0`, `"none"`, `{ price: 0 }`), or `null` where the result ends in `?`'
    context.report(UnfitExternal(f"`@fallback` of {owner} is no answer of it", "", help_, written.span))
    return None
