"""Uniques, indexes and exclusions: their keys, how they are kept, what they are called."""

import re

from bdc import ir
from bdc.ir.physical import base_name, dimensions, physical
from bdc.model.attributes import EXCLUDE, INDEX, UNIQUE, Attributes, read_attributes
from bdc.model.context import ResolveContext
from bdc.model.entities.evolution import former
from bdc.model.entities.exclusion_operators import suited
from bdc.model.errors.names import DuplicateMember, UnknownField
from bdc.model.errors.relations import BadColumn
from bdc.model.errors.types import AttributeArgument, BadSetting, NotAllowedHere
from bdc.model.expressions import Place, Scope, condition, typed
from bdc.model.nodes.entity import (
    CollectionField,
    ComputedField,
    Entity,
    Exclusion,
    Index,
    IndexKey,
    Kept,
    Method,
    Raised,
    ScalarField,
    Unique,
)
from bdc.source import Span
from bdc.source.records import replace
from bdc.syntax import ast

METHODS: dict[str, Method] = {
    "btree": "btree",
    "gin": "gin",
    "gist": "gist",
    "spgist": "spgist",
    "hash": "hash",
    "brin": "brin",
    "hnsw": "hnsw",
    "ivfflat": "ivfflat",
}
_NEAREST = ("hnsw", "ivfflat")
_NEAR = {"hnsw": ("l2", "cosine", "ip", "l1"), "ivfflat": ("l2", "cosine", "ip")}
_BITS = ("hamming", "jaccard")
_LONGEST = {"vector": 2_000, "halfvec": 4_000, "sparsevec": 1_000_000_000, "bit": 64_000}
_ORDERED, _COVERING = ("btree",), ("btree", "gist", "spgist")
_KEY = Place("a key of an index", relations=False, computed=False, clock=False, sql=True)
_WHERE = Place(
    "the condition of a unique or an index", relations=False, computed=False, clock=False, sql=True
)
_OPTIONS = re.compile(r"\w+ *= *[\w.]+( *, *\w+ *= *[\w.]+)*")
_OPERATOR = re.compile(r"[-+*/<>=~!@#%^&|`?]+")


def type_unique(context: ResolveContext, entity: Entity, written: ast.UniqueDecl) -> Unique:
    attributes = read_attributes(written.attributes, UNIQUE, "a unique", context)
    keys = _keys(context, entity, written.columns, "a unique", "btree")
    kept = _kept(context, entity, attributes, "btree")
    where = _where(context, entity, written.where)
    plain = all(key == IndexKey(field=key.field) for key in keys)
    if kept.deferrable and (where is not None or kept.index or not plain):
        place = attributes.by_name["deferrable"].span
        context.report(NotAllowedHere("`@deferrable`", "a unique that is an index", place))
    if not plain and where is None and not kept.index:
        help = "add `@index`: only an index can have expressions"
        context.report(NotAllowedHere("this key", "a unique constraint", written.columns[0].span, help))
    return Unique(keys, where, written.span, former(attributes), kept)


def type_index(context: ResolveContext, entity: Entity, written: ast.IndexDecl) -> Index:
    attributes = read_attributes(written.attributes, INDEX, "an index", context)
    method = _method(context, written.method)
    keys = _keys(context, entity, written.columns, "an index", method)
    if method in _NEAREST:
        _of_vectors(context, entity, method, written)
    kept = _kept(context, entity, attributes, method)
    return Index(keys, method, _where(context, entity, written.where), written.span, former(attributes), kept)


def _of_vectors(context: ResolveContext, entity: Entity, method: Method, written: ast.IndexDecl) -> None:
    """Report an index of nearest neighbours that has not one key with an operator class, which says what near means, or that the
    type of its column does not suit."""
    place = f"an index using `{method}`"
    for column in written.columns[1:]:
        context.report(NotAllowedHere("a second key", place, column.span))
    for column in written.columns[:1]:
        name = column.operator_class.path.text if column.operator_class is not None else ""
        if not name:
            help_ = "write an operator class: `with vector_cosine_ops`, `with vector_l2_ops`, `with vector_ip_ops`"
            context.report(NotAllowedHere("a key without an operator class", place, column.span, help_))
        field = entity.find(column.key.text) if isinstance(column.key, ast.Path) else None
        if name and isinstance(field, ScalarField):
            what, help_ = _unsuited(method, physical(field.type) or "", name)
            if what:
                context.report(NotAllowedHere(f"`{field.name}`", f"{place}: {what}", column.span, help_))


def _unsuited(method: Method, db: str, operator_class: str) -> tuple[str, str]:
    """Return why a column has no such index, and what to write; '' where it has."""
    kind, length = base_name(db), dimensions(db)
    most = _LONGEST.get(kind)
    if most is None or (kind == "sparsevec" and method == "ivfflat"):
        return "its column is no vector", "write its type as `vector(n)`"
    if length is None:
        return "its column does not say how many numbers it has", f'write `@db("{kind}(n)")`'
    if length > most:
        return f"it takes at most {most:,} numbers", "use `halfvec(n)` (at most 4,000), or shorter vectors"
    known = [f"{kind}_{near}_ops" for near in (_BITS if kind == "bit" else _NEAR[method])]
    if operator_class not in known:
        classes = ", ".join(f"`with {each}`" for each in known)
        return f"`{operator_class}` is none of `{kind}`", f"write one of {classes}"
    return "", ""


def type_exclusion(context: ResolveContext, entity: Entity, written: ast.ExcludeDecl) -> Exclusion:
    attributes = read_attributes(written.attributes, EXCLUDE, "an exclusion", context)
    method = _method(context, written.method) if written.method is not None else "gist"
    if method in _NEAREST and written.method is not None:
        context.report(BadSetting("using", "a method that keeps rows apart, `gist`", written.method.span))
    columns = tuple(element.column for element in written.elements)
    for element in written.elements:
        if _OPERATOR.fullmatch(element.operator) is None:
            context.report(BadSetting("with", 'an operator in quotes, `with "&&"`', element.span))
        else:
            suited(context, entity, element, method)
    return Exclusion(
        written.name.text,
        written.name.span,
        method,
        _keys(context, entity, columns, "an exclusion", method),
        tuple(element.operator for element in written.elements),
        _where(context, entity, written.where),
        former(attributes),
        _kept(context, entity, attributes, method),
    )


def _where(context: ResolveContext, entity: Entity, written: ast.Expr | None) -> ir.Expr | None:
    return None if written is None else condition(written, Scope(context, _WHERE, entity.name))


def _method(context: ResolveContext, written: ast.Name | None) -> Method:
    if written is None:
        return "btree"
    if written.text not in METHODS:
        context.report(BadSetting("using", f"one of {', '.join(METHODS)}", written.span))
    return METHODS.get(written.text, "btree")


def _keys(
    context: ResolveContext, entity: Entity, columns: tuple[ast.Column, ...], place: str, method: Method
) -> tuple[IndexKey, ...]:
    """Return the keys that can be; report the others."""
    found: list[IndexKey] = []
    places: dict[IndexKey, Span] = {}
    for column in columns:
        if (column.descending or column.nulls) and method not in _ORDERED:
            context.report(NotAllowedHere("an order", f"{place} using `{method}`", column.span))
        key = _key(context, entity, column, place)
        if method not in _NEAREST:
            _no_vector(context, entity, key, place, column.span)
        if key is not None and key.field is not None and key in places:
            context.report(DuplicateMember("field", key.field, place, column.span, places[key]))
        elif key is not None:
            places[key] = column.span
            found.append(key)
    return tuple(found)


def _key(context: ResolveContext, entity: Entity, column: ast.Column, place: str) -> IndexKey | None:
    key = IndexKey(
        descending=column.descending,
        collation=column.collation,
        operator_class=_operator_class(column.operator_class),
        nulls_first=None if column.nulls is None else column.nulls == "first",
    )
    if not isinstance(column.key, ast.Path):
        expr = typed(column.key, Scope(context, _KEY, entity.name))
        return None if expr is None else replace(key, expr=expr)
    if not has_column(context, entity, column.key, place):
        return None
    return replace(key, field=column.key.text)


def _no_vector(context: ResolveContext, entity: Entity, key: IndexKey | None, place: str, span: Span) -> None:
    """Report a vector among keys that are ordered: it may be longer than such an index can hold."""
    field = entity.find(key.field) if key is not None and key.field is not None else None
    if isinstance(field, ScalarField) and ir.vector_length(field.type) is not None:
        help_ = f"find the nearest: `index using hnsw ({field.name} with vector_cosine_ops)`"
        context.report(NotAllowedHere("a vector", place, span, help_))


def _operator_class(written: ast.OperatorClass | None) -> str | None:
    if written is None:
        return None
    values = ((each.name, each.value) for each in written.arguments)
    inside = ", ".join(
        f"{name.text} = {value.value}"
        for name, value in values
        if name is not None and isinstance(value, ast.IntLiteral)
    )
    return f"{written.path.text}({inside})" if inside else written.path.text


def has_column(context: ResolveContext, entity: Entity, written: ast.Path, place: str) -> bool:
    """Say whether a path names a field whose column can be compared; report it otherwise."""
    name, field = written.text, entity.find(written.text)
    why = ""
    if field is None:
        if not entity.is_unread(name):
            context.report(UnknownField(f"entity `{entity.name}`", name, written.span, entity.field_names))
        return False
    if isinstance(field, CollectionField) or (isinstance(field, ComputedField) and field.kept is None):
        why = "it has no column"
    elif isinstance(field, ScalarField) and field.encrypted:
        why = "it is encrypted, so its values cannot be compared"
    elif isinstance(field, ScalarField) and field.embedded:
        why = "it has several columns"
    if why:
        encrypted = isinstance(field, ScalarField) and field.encrypted
        context.report(BadColumn(place, name, why, written.span, encrypted))
    return not why


def _kept(context: ResolveContext, entity: Entity, attributes: Attributes, method: Method) -> Kept:
    """Read how a key or an index is kept, and what it is called."""
    included = []
    for word in attributes.words("include"):
        if has_column(
            context, entity, ast.Path((ast.Name(word.text, span=word.span),), span=word.span), "`@include`"
        ):
            included.append(word.text)
    if included and method not in _COVERING:
        context.report(
            NotAllowedHere("`@include`", f"an index using `{method}`", attributes.by_name["include"].span)
        )
    options = attributes.text("with")
    if options is not None and _OPTIONS.fullmatch(options) is None:
        usage = attributes.usages["with"]
        context.report(AttributeArgument("with", "expects settings", usage, attributes.by_name["with"].span))
    return Kept(
        name=attributes.text("name"),
        include=tuple(included),
        options=options,
        index=attributes.has("index"),
        nulls_not_distinct=attributes.has("nulls_not_distinct"),
        deferrable=attributes.has("deferrable"),
        deferred=attributes.choice("deferrable", ("deferred",)) is not None,
        raises=raised(context, attributes),
    )


def raised(context: ResolveContext, attributes: Attributes) -> Raised | None:
    """Return the error that `@raises` names."""
    if not attributes.has("raises"):
        return None
    word = attributes.word("raises")
    symbol = context.symbol(word, "error") if word is not None else None
    return Raised(symbol.name, attributes.by_name["raises"].span) if symbol is not None else None
