"""One field of an entity: what kind it is, its type, and what its attributes say."""

from bdc import ir
from bdc.model.attributes import FIELD, Attributes, read_attributes
from bdc.model.context import ResolveContext
from bdc.model.entities.columns import generation, numbering, sequence_options
from bdc.model.entities.embedding import embedded
from bdc.model.entities.evolution import former
from bdc.model.entities.hiding import hides, judge_hiding
from bdc.model.errors.relations import BadOnDelete
from bdc.model.errors.types import AttributeArgument, DefaultNotAllowed, MisplacedAttribute
from bdc.model.nodes.entity import (
    Action,
    CollectionField,
    ComputedField,
    Deferral,
    Field,
    ReferenceField,
    ScalarField,
)
from bdc.model.typing.constraints import with_attributes
from bdc.model.typing.physical import with_column_type
from bdc.model.typing.types import TIMESTAMP, describe, is_text, scalar_of
from bdc.model.typing.written import Typed, resolve_type
from bdc.naming.references import key_member
from bdc.naming.sql import fitted
from bdc.syntax import ast

# Which kinds of field each attribute is for; those not listed suit every kind.
_FOR = {
    "id": ("scalar", "reference"),
    "unique": ("scalar", "reference"),
    "readonly": ("scalar", "reference"),
    "immutable": ("scalar", "reference"),
    "writeonly": ("scalar", "reference"),
    "column": ("scalar", "reference", "computed", "collection"),
    "table": ("collection",),
    "collate": ("scalar", "computed"),
    "identity": ("scalar",),
    "serial": ("scalar",),
    "stored": ("computed",),
    "virtual": ("computed",),
    "db": ("scalar", "computed"),
    "encrypted": ("scalar",),
    "pii": ("scalar",),
    "searchable": ("scalar",),
    "example": ("scalar",),
    "stamp": ("scalar",),
    "backfill": ("scalar", "reference"),
    "embed": ("scalar",),
    "pattern": ("scalar",),
    "format": ("scalar",),
    "min": ("scalar",),
    "max": ("scalar",),
    "tenant": ("reference",),
    "on_delete": ("reference",),
    "on_update": ("reference",),
    "deferrable": ("reference",),
    "match": ("reference",),
    "unindexed": ("reference",),
    "fields": ("reference",),
    "references": ("reference",),
    "name": ("reference",),
    "inverse": ("collection",),
    "through": ("collection",),
    "owned": ("collection",),
}
_ACTIONS: dict[str, Action] = {
    "no_action": "no_action",
    "restrict": "restrict",
    "cascade": "cascade",
    "set_null": "set_null",
    "set_default": "set_default",
}
_NOUN = {
    "scalar": "a plain field",
    "reference": "a relation to one",
    "collection": "a relation to many",
    "computed": "a computed field",
}


def shape_field(context: ResolveContext, declared: ast.FieldDecl) -> Field | None:
    """Return the field without its expressions; None where its type could not be told."""
    attributes = read_attributes(declared.attributes, FIELD, f"field `{declared.name.text}`", context)
    typed = resolve_type(context, declared.type)
    if typed is None:
        return None
    kind = _kind(typed.type, attributes)
    _suits(context, attributes, kind)
    judge_hiding(context, attributes)
    if kind == "computed":
        return _computed(context, declared, typed, attributes)
    if kind == "collection":
        return _collection(context, declared, typed, attributes)
    if kind == "reference":
        return _reference(context, declared, typed, attributes)
    return _scalar(context, declared, typed, attributes)


def _kind(type_: ir.Type, attributes: Attributes) -> str:
    if attributes.has("computed"):
        return "computed"
    if isinstance(type_, ir.EntityType):
        return "reference"
    if isinstance(type_, ir.ArrayType) and isinstance(type_.item, ir.EntityType):
        return "collection"
    return "scalar"


def _suits(context: ResolveContext, attributes: Attributes, kind: str) -> None:
    for name, attribute in attributes.by_name.items():
        if kind not in _FOR.get(name, tuple(_NOUN)) and attribute.name == name:
            wanted = " or ".join(_NOUN[each] for each in _FOR[name])
            context.report(
                MisplacedAttribute(name, f"it is for {wanted}, and this is {_NOUN[kind]}", attribute.span)
            )


def _computed(
    context: ResolveContext, declared: ast.FieldDecl, typed: Typed, attributes: Attributes
) -> ComputedField:
    if declared.default is not None:
        context.report(DefaultNotAllowed(declared.name.text, "it is computed", declared.default.span))
    kept = generation(context, attributes)
    return ComputedField(
        name=declared.name.text,
        span=declared.name.span,
        declared=declared,
        doc=declared.doc,
        deprecated=attributes.deprecated(),
        graphql=attributes.graphql(),
        was=former(attributes),
        hidden=hides(attributes),
        since=attributes.version("since"),
        removed=attributes.version("removed"),
        type=with_column_type(typed.type, attributes, context) if kept else typed.type,
        nullable=typed.nullable,
        kept=kept,
        column=(attributes.sql_name("column") or fitted(declared.name.text)) if kept else "",
        collation=attributes.text("collate"),
    )


def _collection(
    context: ResolveContext, declared: ast.FieldDecl, typed: Typed, attributes: Attributes
) -> CollectionField:
    name = declared.name.text
    if declared.default is not None:
        context.report(DefaultNotAllowed(name, "it is a relation to many", declared.default.span))
    if typed.nullable:
        context.report(MisplacedAttribute("?", "a relation to many is empty, never null", declared.type.span))
    attributes.word("inverse")  # reported when it is no name; followed once every entity is known
    _joined(context, attributes)
    assert isinstance(typed.type, ir.ArrayType) and isinstance(typed.type.item, ir.EntityType)
    return CollectionField(
        name=name,
        span=declared.name.span,
        declared=declared,
        doc=declared.doc,
        deprecated=attributes.deprecated(),
        graphql=attributes.graphql(),
        was=former(attributes),
        hidden=hides(attributes),
        since=attributes.version("since"),
        removed=attributes.version("removed"),
        target=typed.type.item.name,
        owned=attributes.has("owned"),
    )


def _joined(context: ResolveContext, attributes: Attributes) -> None:
    """Judge how the words about a join table are written; those of one that is made here stand there by now."""
    through = attributes.get("through")
    if through is not None and not all(isinstance(each.value, ast.Path) for each in through.arguments):
        usage = "@through(Friendship.one, Friendship.other)"
        context.report(
            AttributeArgument("through", "expects an entity, or references of one", usage, through.span)
        )
    for name in ("table", "column"):
        found = attributes.get(name)
        if found is not None:
            why = "it is for the join table of a relation that names no entity"
            context.report(MisplacedAttribute(name, why, found.span))


def _reference(
    context: ResolveContext, declared: ast.FieldDecl, typed: Typed, attributes: Attributes
) -> ReferenceField:
    name = declared.name.text
    tenant = attributes.has("tenant")
    if declared.default is not None and (tenant or not is_actor(declared.default)):
        why = (
            "the tenant is that of the caller"
            if tenant
            else "a relation can only have the default `actor`, or a relation of the caller (`actor.team`)"
        )
        context.report(DefaultNotAllowed(name, why, declared.default.span))
    for names in ("fields", "references"):
        attributes.words(names)  # reported when they are no names; followed once every entity is known
    columns = attributes.words("column")
    assert isinstance(typed.type, ir.EntityType)
    return ReferenceField(
        name=name,
        span=declared.name.span,
        declared=declared,
        doc=declared.doc,
        deprecated=attributes.deprecated(),
        graphql=attributes.graphql(),
        was=former(attributes),
        hidden=hides(attributes),
        since=attributes.version("since"),
        removed=attributes.version("removed"),
        target=typed.type.name,
        nullable=typed.nullable,
        column=columns[0].text if len(columns) == 1 else fitted(key_member(name)),
        on_delete=_action(context, declared, typed.nullable, attributes, "on_delete"),
        on_update=_action(context, declared, typed.nullable, attributes, "on_update"),
        deferrable=_deferrable(context, attributes),
        match_full=_match(context, attributes),
        unindexed=attributes.has("unindexed"),
        key_name=attributes.text("name"),
        tenant=tenant,
        immutable=tenant or attributes.has("immutable"),
        readonly=attributes.has("readonly") or attributes.has("hidden"),
        unique=attributes.has("unique"),
    )


def is_actor(written: ast.Expr) -> bool:
    """Say whether an expression is the caller as a row, or a path from it."""
    return isinstance(written, ast.Path) and written.names[0].text == "actor"


def _action(
    context: ResolveContext, declared: ast.FieldDecl, nullable: bool, attributes: Attributes, name: str
) -> Action:
    word = attributes.word(name)
    if word is None:
        return "no_action"
    choice = _ACTIONS.get(word.text)
    if choice == "set_null" and not nullable:
        why = f"`set_null` would leave it empty, and it is required: write `{declared.type.bases[0].path.text}?`"
        context.report(BadOnDelete(declared.name.text, why, word.span))
    if choice == "set_default" and not attributes.has("fields"):
        why = "`set_default` needs fields with defaults: name them with `@fields(…)`"
        context.report(BadOnDelete(declared.name.text, why, word.span))
    if choice is not None:
        return choice
    known = ", ".join(_ACTIONS)
    context.report(AttributeArgument(name, f"expects one of {known}", f"@{name}(restrict)", word.span))
    return "no_action"


def _deferrable(context: ResolveContext, attributes: Attributes) -> Deferral:
    found = attributes.get("deferrable")
    if found is None:
        return "no"
    word = attributes.word("deferrable") if found.arguments else None
    if word is not None and word.text not in ("immediate", "deferred"):
        usage = "@deferrable(deferred)"
        context.report(AttributeArgument("deferrable", "expects `immediate` or `deferred`", usage, word.span))
    return "deferred" if word is not None and word.text == "deferred" else "immediate"


def _match(context: ResolveContext, attributes: Attributes) -> bool:
    word = attributes.word("match")
    if word is not None and word.text not in ("full", "simple"):
        context.report(AttributeArgument("match", "expects `full` or `simple`", "@match(full)", word.span))
    return word is not None and word.text == "full"


def _scalar(
    context: ResolveContext, declared: ast.FieldDecl, typed: Typed, attributes: Attributes
) -> ScalarField:
    name = declared.name.text
    stamp = _stamp(context, typed, attributes)
    identity, sequence = numbering(context, declared, typed, attributes)
    numbered = identity is not None or sequence is not None
    for flag in ("searchable", "encrypted"):
        if attributes.has(flag) and not is_text(typed.type):
            why = f"it is for texts, and this is `{describe(typed.type)}`"
            context.report(MisplacedAttribute(flag, why, attributes.by_name[flag].span))
    if attributes.has("unique") and ir.vector_length(typed.type) is not None:
        why = "a vector may be longer than the index of a unique can hold"
        context.report(MisplacedAttribute("unique", why, attributes.by_name["unique"].span))
    for flag in ("searchable", "unique"):
        if attributes.has(flag) and attributes.has("encrypted"):
            context.report(
                MisplacedAttribute(
                    flag, "an encrypted value cannot be compared", attributes.by_name[flag].span
                )
            )
    pieces = embedded(context, declared, typed.type, typed.nullable, attributes)
    return ScalarField(
        name=name,
        span=declared.name.span,
        declared=declared,
        doc=declared.doc,
        deprecated=attributes.deprecated(),
        graphql=attributes.graphql(),
        was=former(attributes),
        hidden=hides(attributes),
        since=attributes.version("since"),
        removed=attributes.version("removed"),
        type=with_column_type(with_attributes(typed.type, attributes, context.sink), attributes, context),
        nullable=typed.nullable,
        column=pieces[0].column if pieces else attributes.sql_name("column") or fitted(name),
        embedded=pieces,
        readonly=attributes.has("readonly") or attributes.has("hidden") or stamp is not None or numbered,
        immutable=attributes.has("immutable") or attributes.has("id"),
        encrypted=attributes.has("encrypted"),
        pii=attributes.has("pii"),
        searchable=attributes.has("searchable"),
        unique=attributes.has("unique"),
        stamp=stamp,
        identity=identity,
        numbering=sequence_options(context, attributes, numbered=numbered),
        sequence=sequence,
        collation=attributes.text("collate"),
    )


def _stamp(context: ResolveContext, typed: Typed, attributes: Attributes) -> ir.Stamp | None:
    word = attributes.word("stamp")
    if word is None:
        return None
    choices = (ir.Stamp.CREATED, ir.Stamp.TOUCHED, ir.Stamp.DELETED)
    found = next((choice for choice in choices if choice.value == word.text), None)
    if found is None:
        known = ", ".join(choice.value for choice in choices)
        context.report(AttributeArgument("stamp", f"expects one of {known}", "@stamp(created)", word.span))
    elif scalar_of(typed.type) is not TIMESTAMP.scalar:
        context.report(
            MisplacedAttribute(
                "stamp", f"it is for a timestamp, and this is `{describe(typed.type)}`", word.span
            )
        )
    elif (found is ir.Stamp.DELETED) is not typed.nullable:
        why = "a deleted row has one, others have none" if found is ir.Stamp.DELETED else "every row has one"
        context.report(MisplacedAttribute("stamp", f"{why}, so write or remove `?`", word.span))
    return found
