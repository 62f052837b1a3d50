"""Resources: operations, pages, filters, sorts, expands and inputs looked up in their entity."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.ir.restoring import RESTORE
from bdc.model.apis.hooks import resolve_hooks
from bdc.model.apis.lists import (
    look_up,
    resolve_fields,
    resolve_filters,
    resolve_nearest,
    resolve_order,
    resolve_page,
    resolve_searching,
)
from bdc.model.apis.operations import resolve_operation
from bdc.model.apis.own_lists import resolve_own_lists
from bdc.model.apis.profiles import resolve_envelope
from bdc.model.apis.restoring import restorable, restoring
from bdc.model.apis.shows import resolve_shows
from bdc.model.attributes import INPUT, RESOURCE, Attributes, read_attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.names import (
    DuplicateMember,
    UnknownOperation,
    UnknownSetting,
)
from bdc.model.errors.relations import BadView
from bdc.model.errors.support import NotSupported
from bdc.model.errors.types import BadSetting, MisplacedAttribute, NotARelation
from bdc.model.nodes.api import VERBS, Expand, InputMember, Operation, Resource
from bdc.model.nodes.entity import CollectionField, Entity, Field, ReferenceField
from bdc.model.nodes.policy import Word
from bdc.naming.casing import kebab, plural
from bdc.naming.references import key_member
from bdc.source import Span
from bdc.source.records import dataclass
from bdc.syntax import ast

_READING = ("list", "get")
_OF_ONE = ("get", "update", "delete")


def resolve_resource(context: ResolveContext, declared: ast.ResourceDecl) -> Resource | None:
    """Return the resource; None where its entity is unknown (its items are not judged then)."""
    attributes = read_attributes(declared.attributes, RESOURCE, "a resource", context)
    entity = context.entity(declared.entity, views=True)
    if entity is None:
        return None
    _of_view(context, declared, entity)
    page, searching = resolve_page(context, declared), resolve_searching(context, declared)
    inputs = _inputs(context, declared, entity)
    filters = resolve_filters(context, declared, entity)
    verbs = _verbs(context, declared, entity, single=attributes.has("single"))
    single = attributes.get("single")
    return Resource(
        entity=entity.name,
        span=declared.entity.span,
        path="/" + declared.path.value.strip("/")
        if declared.path is not None
        else "/" + kebab(plural(entity.name)),
        path_span=declared.path.span if declared.path is not None else declared.entity.span,
        by=_by(context, declared, entity) or _owner(context, attributes, entity),
        single=single.span if single is not None else None,
        doc=declared.doc,
        operations=verbs,
        selectable=attributes.has("fields"),
        bulk=_bulk(context, declared, attributes, verbs),
        conditional=attributes.has("conditional"),
        minimal=attributes.has("minimal"),
        replica=_replica(context, declared, attributes, verbs),
        can=_can(context, declared, attributes, verbs, entity),
        page_default=page.usual,
        page_max=page.most,
        page_total=page.total,
        page_kind=page.kind,
        filters=filters,
        lists=resolve_own_lists(context, declared, entity, filters),
        search=resolve_fields(context, declared, entity, ast.SearchItem),
        nearest=resolve_nearest(context, declared, entity),
        search_prefix=searching.get("prefix", False),
        search_rank=searching.get("rank", False),
        search_fuzzy=searching.get("fuzzy", False),
        sorts=resolve_fields(context, declared, entity, ast.SortItem),
        order=resolve_order(context, declared, entity),
        expand=_expands(context, declared, entity),
        shows=resolve_shows(context, declared, entity),
        envelope=resolve_envelope(context, attributes),
        create=inputs.get("create", _Input(None, None)).members,
        update=inputs.get("update", _Input(None, None)).members,
        input_spans=tuple((name, each.span) for name, each in inputs.items() if each.span is not None),
        custom=_operations(context, declared, entity),
        hooks=resolve_hooks(context, declared, entity, verbs),
    )


def _by(context: ResolveContext, declared: ast.ResourceDecl, entity: Entity) -> Word | None:
    """Return the field that names a row in paths; None for the key."""
    if declared.by is None:
        return None
    name = look_up(context, entity, ast.Path((declared.by,), span=declared.by.span))
    return None if name is None or entity.key == (name,) else Word(name, declared.by.span)


def _owner(context: ResolveContext, attributes: Attributes, entity: Entity) -> Word | None:
    """Return the reference that leads from the one row to the caller; None where the row is the caller's own."""
    found = attributes.get("single")
    word = attributes.word("single") if found is not None and found.arguments else None
    if word is None:
        return None
    name = look_up(context, entity, ast.Path((word,), span=word.span))
    return Word(name, word.span) if name is not None else None


def _bulk(
    context: ResolveContext,
    declared: ast.ResourceDecl,
    attributes: Attributes,
    verbs: tuple[Word, ...] | None,
) -> bool:
    """Whether a call may write many rows; report a resource that writes none."""
    if not attributes.has("bulk"):
        return False
    if verbs is not None and not any(verb.text in ("create", "update", "delete") for verb in verbs):
        remedy = "add `create`, `update` or `delete` to the resource, or remove `@bulk`"
        context.report(
            NotSupported("`@bulk` on a resource that writes nothing", declared.entity.span, remedy)
        )
    return True


def _replica(
    context: ResolveContext,
    declared: ast.ResourceDecl,
    attributes: Attributes,
    verbs: tuple[Word, ...] | None,
) -> bool:
    """Whether reads may go to a replica; report a resource that reads nothing."""
    if not attributes.replica():
        return False
    reads = verbs is None or any(verb.text in _READING for verb in verbs)
    if not reads and not any(isinstance(item, ast.OperationDecl | ast.ListItem) for item in declared.items):
        why = "this resource reads nothing; add `get` or `list` to `ops`, or remove it"
        context.report(MisplacedAttribute("reads", why, attributes.by_name["reads"].span))
    return True


def _can(
    context: ResolveContext,
    declared: ast.ResourceDecl,
    attributes: Attributes,
    verbs: tuple[Word, ...] | None,
    entity: Entity,
) -> bool:
    """Whether rows tell what the caller may do with them; report a resource that offers nothing to do, or whose rows have such a member."""
    if not attributes.has("can"):
        return False
    if entity.find("_can") is not None:
        what = "`@can` on rows that have a field `_can`"
        context.report(NotSupported(what, declared.entity.span, "rename the field, or remove `@can`"))
    changes = verbs is None or any(verb.text in ("update", "delete") for verb in verbs)
    if not changes and not any(isinstance(item, ast.OperationDecl) for item in declared.items):
        what = "`@can` on a resource whose rows cannot be changed"
        remedy = "add `update`, `delete` or an operation to the resource, or remove `@can`"
        context.report(NotSupported(what, declared.entity.span, remedy))
    return True


def _of_view(context: ResolveContext, declared: ast.ResourceDecl, entity: Entity) -> None:
    """Report what a resource cannot offer of a view."""
    if entity.view is None:
        return
    if entity.view.materialized:
        why = "it is materialized and holds the rows of all callers, so no api can expose it"
        help_ = "expose it by an operation with a `@handler` that checks the caller"
        context.report(BadView(entity.name, why, declared.entity.span, help_))
    elif not entity.key and not entity.unread:
        why = "it has no key, so it cannot be paged"
        help_ = "show the key of the source, or mark its own key with `@id`"
        if entity.view.declared.group:
            help_ = "show all that it is grouped by, or mark its own key with `@id`"
        context.report(BadView(entity.name, why, declared.entity.span, help_))
    for part in entity.key if entity.view.declared.group else ():
        if getattr(entity.find(part), "nullable", False):
            why = f"its key `{part}` can be null, so it cannot be paged"
            help_ = f"leave these rows out: `where (… != null)`, and write the type of `{part}` without `?`"
            context.report(BadView(entity.name, why, declared.entity.span, help_))
    for item in declared.items:
        for name in item.names if isinstance(item, ast.OpsItem) else ():
            if name.text not in _READING and name.text in VERBS:
                context.report(
                    BadView(entity.name, f"`{name.text}` changes rows, and a view is read-only", name.span)
                )
        if isinstance(item, ast.InputItem | ast.HookDecl | ast.OperationDecl):
            context.report(BadView(entity.name, "a view is read-only", item.span))


def _verbs(
    context: ResolveContext, declared: ast.ResourceDecl, entity: Entity, *, single: bool
) -> tuple[Word, ...] | None:
    items = [item for item in declared.items if isinstance(item, ast.OpsItem)]
    if not items:
        span = declared.entity.span
        if single:
            return tuple(Word(verb, span) for verb in _OF_ONE)
        return None if entity.view is None else tuple(Word(verb, span) for verb in _READING)
    found: dict[str, Word] = {}
    for name in (name for item in items for name in item.names):
        if name.text == RESTORE and restorable(entity):
            continue  # an operation of its own
        if name.text not in VERBS:
            context.report(UnknownOperation(entity.name, name.text, name.span, VERBS))
        elif name.text in found:
            context.report(
                DuplicateMember("operation", name.text, "this resource", name.span, found[name.text].span)
            )
        else:
            found[name.text] = Word(name.text, name.span)
    return tuple(found.values())


def _expands(context: ResolveContext, declared: ast.ResourceDecl, entity: Entity) -> tuple[Expand, ...]:
    written = tuple(
        each for item in declared.items if isinstance(item, ast.ExpandItem) for each in item.expands
    )
    return _children(context, written, entity)


def _children(context: ResolveContext, written: tuple[ast.Expand, ...], entity: Entity) -> tuple[Expand, ...]:
    found: dict[str, Expand] = {}
    for each in written:
        name = look_up(context, entity, each.path)
        field = entity.find(name) if name is not None else None
        if field is None:
            continue
        if not isinstance(field, ReferenceField | CollectionField):
            context.report(
                NotARelation(field.name, "expanded", "only relations can be expanded", each.path.span)
            )
            continue
        target = context.entities.get(field.target)
        children = _children(context, each.children, target) if target is not None else ()
        if field.name in found:
            context.report(
                DuplicateMember("expand", field.name, "this list", each.span, found[field.name].span)
            )
        found.setdefault(field.name, Expand(field.name, _max(context, each), children, each.path.span))
    return tuple(found.values())


def _max(context: ResolveContext, written: ast.Expand) -> int | None:
    """Return the bound; a wrong one was reported, and still is one."""
    for argument in written.arguments:
        name = argument.name.text if argument.name is not None else ""
        if name != "max":
            context.report(UnknownSetting(name or "…", "`expand`", argument.span, ("max",)))
        elif not isinstance(argument.value, ast.IntLiteral) or argument.value.value < 1:
            context.report(BadSetting("max", "a number above 0", argument.value.span))
            return 1
        else:
            return argument.value.value
    return None


@dataclass(frozen=True, slots=True)
class _Input:
    members: tuple[InputMember, ...] | None
    span: Span | None


def _inputs(context: ResolveContext, declared: ast.ResourceDecl, entity: Entity) -> dict[str, _Input]:
    found: dict[str, _Input] = {}
    for item in declared.items:
        if not isinstance(item, ast.InputItem):
            continue
        name = item.operation
        if name.text not in ("create", "update"):
            context.report(UnknownOperation(entity.name, name.text, name.span, ("create", "update")))
        elif name.text in found:
            first = found[name.text].span
            context.report(
                DuplicateMember("input", name.text, "this resource", name.span, first or name.span)
            )
        else:
            found[name.text] = _Input(_input_members(context, item.members, entity), name.span)
    return found


def _input_members(
    context: ResolveContext, written: tuple[ast.InputMember, ...], entity: Entity
) -> tuple[InputMember, ...]:
    found: dict[str, InputMember] = {}
    for each in written:
        name = look_up(context, entity, ast.Path((each.name,), span=each.name.span))
        field = entity.find(name) if name is not None else None
        if field is None:
            continue
        children = None
        if each.children is not None:
            children = _nested(
                context, each, each.children, field.target if isinstance(field, CollectionField) else None
            )
        if field.name in found:
            context.report(
                DuplicateMember("field", field.name, "this input", each.span, found[field.name].span)
            )
        for member in _spread(_input_member(context, each, field, children), field):
            found.setdefault(member.field, member)
    _clashing(context, entity, tuple(found.values()))
    return tuple(found.values())


def _spread(member: InputMember, field: Field) -> Iterator[InputMember]:
    """Yield the members that a written one stands for: a reference that fields carry stands for these."""
    carriers = field.carriers if isinstance(field, ReferenceField) and member.called is None else ()
    for name in carriers or (member.field,):
        yield replace(member, field=name)


def _clashing(context: ResolveContext, entity: Entity, members: tuple[InputMember, ...]) -> None:
    """Report a name by `@as` that another member of the input has."""
    own = {}
    for each in members:
        field = entity.find(each.field)
        if each.called is None and field is not None:
            own[key_member(field.name) if isinstance(field, ReferenceField) else field.name] = each.span
    for each in members:
        if each.called is not None:
            first = own.setdefault(each.called.text, each.called.span)
            if first != each.called.span:
                context.report(
                    BadSetting("@as", "a name that no other member of the input has", each.called.span)
                )


def _input_member(
    context: ResolveContext, written: ast.InputMember, field: Field, children: tuple[InputMember, ...] | None
) -> InputMember:
    attributes = read_attributes(written.attributes, INPUT, "a member of an input", context)
    by, called = attributes.word("by"), attributes.word("as")
    target = context.entities.get(field.target) if isinstance(field, CollectionField) else None
    if by is not None and target is not None:
        look_up(context, target, ast.Path((by,), span=by.span))
    return InputMember(
        field.name,
        written.optional,
        children,
        written.name.span,
        by=None if by is None else Word(by.text, by.span),
        creates=attributes.has("create"),
        called=None if called is None else Word(called.text, called.span),
        replace=attributes.has("replace"),
    )


def _nested(
    context: ResolveContext,
    written: ast.InputMember,
    children: tuple[ast.InputMember, ...],
    target: str | None,
) -> tuple[InputMember, ...] | None:
    if target is None:
        context.report(
            NotARelation(
                written.name.text, "given in braces", "only rows of a relation to many can", written.name.span
            )
        )
        return None
    entity = context.entities.get(target)
    return _input_members(context, children, entity) if entity is not None else ()


def _operations(context: ResolveContext, declared: ast.ResourceDecl, entity: Entity) -> tuple[Operation, ...]:
    found: dict[str, Operation] = {}
    for item in (*declared.items, *restoring(declared, entity)):
        if isinstance(item, ast.OperationDecl):
            operation = resolve_operation(context, item, entity)
            first = found.setdefault(operation.name, operation)
            if first is not operation:
                context.report(
                    DuplicateMember("operation", operation.name, "this resource", operation.span, first.span)
                )
            if operation.name in VERBS or operation.name == "read":
                context.report(
                    DuplicateMember(
                        "operation", operation.name, "this resource", operation.span, declared.entity.span
                    )
                )
    return tuple(found.values())
