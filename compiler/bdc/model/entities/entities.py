"""Entities: mixins merged, fields shaped, keys found. Relations and expressions come after (`relations`, `members`)."""

from bdc import ir
from bdc.model.attributes import (
    ENTITY,
    FIELD,
    PRIMARY_KEY,
    STYLE,
    Attributes,
    is_field_attribute,
    read_attributes,
)
from bdc.model.context import ResolveContext
from bdc.model.entities.arcs import arc_of, arms, is_arc
from bdc.model.entities.evolution import former, removals
from bdc.model.entities.fields import shape_field
from bdc.model.entities.mixins import members_of
from bdc.model.errors.names import DuplicateMember
from bdc.model.errors.relations import BadColumn, BadTenant, NoKey, TwoKeys
from bdc.model.errors.types import AttributeArgument, MisplacedAttribute, NotAllowedHere
from bdc.model.names import module_of
from bdc.model.nodes.entity import CollectionField, ComputedField, Entity, Field, ReferenceField, ScalarField
from bdc.model.policies.guarded import has_policy, ruled_entities
from bdc.model.typing.types import INT
from bdc.naming.relations import table_name
from bdc.source import Span
from bdc.syntax import ast


def shape_entities(context: ResolveContext) -> None:
    """Fill `context.entities` with every entity of the system, without relations and expressions."""
    styles = {
        module_of(tree): read_attributes(tree.attributes, STYLE, "a module", context)
        for tree in sorted(context.names.trees, key=lambda tree: bool(tree.attributes))
    }
    ruled = ruled_entities(context.names.trees)
    for tree in context.names.trees:
        for declared in tree.declarations:
            if isinstance(declared, ast.EntityDecl) and declared.name.text not in context.entities:
                module = context.file(declared.span).module
                context.entities[declared.name.text] = _shape(context, declared, styles[module], ruled)
    _one_tenant_root(context)


def _shape(
    context: ResolveContext, declared: ast.EntityDecl, module_style: Attributes, ruled: frozenset[str]
) -> Entity:
    name = declared.name.text
    attributes = read_attributes(declared.attributes, ENTITY, f"entity `{name}`", context)
    members = tuple(members_of(context, declared))
    fields, unread = _fields(context, members)
    if attributes.has("versioned"):
        fields = (*fields, _version(attributes.by_name["versioned"]))
    fields = _no_twins(context, declared, fields)
    keyless, style = attributes.has("keyless"), (attributes, module_style)
    open_module = module_style.has("unguarded") and name not in ruled and not has_policy(members)
    unguarded = attributes.has("unguarded") or open_module
    if unguarded:
        _nothing_kept(context, attributes, fields)
    return Entity(
        name=name,
        span=declared.name.span,
        module=context.file(declared.span).module,
        doc=declared.doc,
        graphql=attributes.graphql(),
        table=attributes.sql_name("table") or table_name(name, qualified=attributes.has("schema")),
        fields=fields,
        key=_key(context, declared, members, fields, unread, keyless=keyless),
        key_name=_key_name(context, members, fields),
        schema=attributes.text("schema"),
        keyless=keyless,
        unlogged=attributes.has("unlogged"),
        storage=_storage(context, attributes),
        unguarded=unguarded,
        postgres_names=any(each.choice("names", ("postgres",)) for each in style),
        tenant=_tenant(context, fields),
        tenant_root=attributes.has("tenant_root"),
        audited=attributes.has("audited"),
        versioned=attributes.has("versioned"),
        soft_delete=_stamped(fields, ir.Stamp.DELETED),
        restore_deleted=attributes.has("restore_deleted"),
        members=tuple(
            each for each in members if not isinstance(each, ast.FieldDecl | ast.KeyDecl | ast.Broken)
        ),
        was=former(attributes),
        dropped=removals(context, "field", members),
        made=declared.made,
        arcs=tuple(arc_of(each) for each in members if isinstance(each, ast.FieldDecl) and is_arc(each)),
        partitioned=attributes.get("partition"),
        unread=unread,
    )


def _fields(
    context: ResolveContext, members: tuple[ast.Member, ...]
) -> tuple[tuple[Field, ...], frozenset[str]]:
    fields: list[Field] = []
    unread: set[str] = set()
    for member in members:
        if isinstance(member, ast.Broken):
            unread.add(member.name.text if member.name is not None else "*")
        elif isinstance(member, ast.FieldDecl):
            for declared in arms(context, member) if is_arc(member) else (member,):
                shaped = shape_field(context, declared)
                if shaped is None:
                    unread.add(declared.name.text)
                else:
                    fields.append(shaped)
    return tuple(fields), frozenset(unread)


def _no_twins(
    context: ResolveContext, declared: ast.EntityDecl, fields: tuple[Field, ...]
) -> tuple[Field, ...]:
    """Keep the first of each name. What a mixin brings is reported where the entity itself says it again."""
    first: dict[str, Field] = {}
    for field in fields:
        other = first.setdefault(field.name, field)
        if other is not field:
            places = (
                (field.span, other.span) if _within(field.span, declared.span) else (other.span, field.span)
            )
            context.report(DuplicateMember("field", field.name, f"entity `{declared.name.text}`", *places))
    return tuple(first.values())


def _within(inner: Span, outer: Span) -> bool:
    return inner.file == outer.file and outer.start <= inner.start and inner.end <= outer.end


def _version(attribute: ast.Attribute) -> ScalarField:
    """The field that `@versioned` adds."""
    word = ast.Name("version", span=attribute.span)
    written = ast.NamedType(
        ast.Path((ast.Name("int", span=attribute.span),), span=attribute.span), span=attribute.span
    )
    declared = ast.FieldDecl(word, ast.TypeExpr((written,), span=attribute.span), span=attribute.span)
    return ScalarField(
        name="version",
        span=attribute.span,
        declared=declared,
        doc="How often the row has changed, from 1; the ETag.",
        type=INT,
        column="version",
        default=ir.Literal(value=1, type=INT),
        readonly=True,
        stamp=ir.Stamp.VERSION,
    )


def _stamped(fields: tuple[Field, ...], stamp: ir.Stamp) -> str | None:
    return next(
        (field.name for field in fields if isinstance(field, ScalarField) and field.stamp is stamp), None
    )


def _tenant(context: ResolveContext, fields: tuple[Field, ...]) -> str | None:
    found = [field for field in fields if isinstance(field, ReferenceField) and field.tenant]
    for extra in found[1:]:
        context.report(BadTenant("second tenant: a row belongs to one", extra.span, found[0].span))
    return found[0].name if found else None


def _key(
    context: ResolveContext,
    declared: ast.EntityDecl,
    members: tuple[ast.Member, ...],
    fields: tuple[Field, ...],
    unread: frozenset[str],
    *,
    keyless: bool,
) -> tuple[str, ...]:
    """Return the names of the key's fields, without the tenant."""
    by_name = {field.name: field for field in fields}
    keys = [member for member in members if isinstance(member, ast.KeyDecl)]
    marked = [field for field in fields if _is_id(field)]
    places = sorted([*(key.span for key in keys), *(field.span for field in marked)])
    for extra in places[1:]:
        context.report(TwoKeys(declared.name.text, extra, places[0]))
    if keyless and places:
        context.report(TwoKeys(declared.name.text, places[0], declared.name.span, "it is `@keyless`"))
    if keys:
        found = tuple(_key_column(context, column, by_name, unread) for column in keys[0].columns)
        return tuple(name for name in found if name is not None)
    if marked:
        return (marked[0].name,) if _fit_for_key(context, marked[0]) else ()
    if not unread and not keyless:
        context.report(NoKey(declared.name.text, declared.name.span))
    return ()


def _key_name(
    context: ResolveContext, members: tuple[ast.Member, ...], fields: tuple[Field, ...]
) -> str | None:
    """Return what the primary key is called, in `@id("…")` or `id (…) @name("…")`."""
    for member in members:
        if isinstance(member, ast.KeyDecl):
            return read_attributes(member.attributes, PRIMARY_KEY, "a key", context).text("name")
    for attribute in (each for field in fields if _is_id(field) for each in field.declared.attributes):
        match attribute.name, [each.value for each in attribute.arguments]:
            case "id", [ast.StringLiteral(value=name)]:
                return name
            case "id", [_, *_]:
                usage = FIELD["id"]
                context.report(
                    AttributeArgument("id", "expects the name of the primary key", usage, attribute.span)
                )
    return None


def _nothing_kept(context: ResolveContext, attributes: Attributes, fields: tuple[Field, ...]) -> None:
    """An unguarded table has no triggers: what only they could keep is refused. In a module that is unguarded a stamp waits for the policy:
    until then, the application keeps it that the table belongs to."""
    why = "an `@unguarded` table has no triggers"
    for name in ("audited", "versioned"):
        if attributes.has(name):
            context.report(MisplacedAttribute(name, why, attributes.by_name[name].span))
    for field in fields if attributes.has("unguarded") else ():
        if isinstance(field, ScalarField) and field.stamp is ir.Stamp.TOUCHED:
            context.report(MisplacedAttribute("stamp", why, field.span))


def _is_id(field: Field) -> bool:
    return any(is_field_attribute(attribute, "id") for attribute in field.declared.attributes)


def _key_column(
    context: ResolveContext, column: ast.Column, fields: dict[str, Field], unread: frozenset[str]
) -> str | None:
    if not isinstance(column.key, ast.Path) or column != ast.Column(column.key, span=column.span):
        context.report(NotAllowedHere("this", "a key", column.span, "a key has only fields"))
        return None
    name = column.key.text
    field = fields.get(name)
    if field is None:
        if name not in unread and "*" not in unread:
            context.report(BadColumn("the key", name, "there is no such field", column.span))
        return None
    if isinstance(field, ReferenceField) and field.tenant:
        return None
    return name if _fit_for_key(context, field, column) else None


def _fit_for_key(context: ResolveContext, field: Field, column: ast.Column | None = None) -> bool:
    place = column.span if column is not None else field.span
    if isinstance(field, CollectionField | ComputedField):
        context.report(BadColumn("the key", field.name, "it has no column", place))
        return False
    if field.nullable:
        context.report(BadColumn("the key", field.name, "it may be null", place))
        return False
    if isinstance(field, ScalarField) and (
        field.encrypted or not isinstance(field.type, ir.ScalarType | ir.EnumType)
    ):
        context.report(BadColumn("the key", field.name, "its values cannot be compared", place))
        return False
    return True


def _one_tenant_root(context: ResolveContext) -> None:
    roots = [entity for entity in context.entities.values() if entity.tenant_root]
    for extra in roots[1:]:
        context.report(BadTenant("second tenant root: a system has one", extra.span, roots[0].span))


def _storage(context: ResolveContext, attributes: Attributes) -> str | None:
    """Return the storage parameters of the table; one of partitions has none, for it keeps no rows."""
    if attributes.has("with") and attributes.has("partition"):
        why = "a partitioned table holds no rows: write it on its partitions"
        context.report(MisplacedAttribute("with", why, attributes.by_name["with"].span))
        return None
    return attributes.settings()
