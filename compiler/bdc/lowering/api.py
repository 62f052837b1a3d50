"""Apis: every default made explicit."""

from typing import Literal

from bdc import ir
from bdc.lowering.behaviour import assignments
from bdc.lowering.context import Context
from bdc.lowering.inputs import create_shape, update_shape
from bdc.lowering.profile import envelope, merged, of_one, of_operation, show, shown
from bdc.model.apis.bindings import KEY, keyed_path, path_names, place, row_names
from bdc.model.apis.lists import at_end
from bdc.model.apis.restoring import is_restoring
from bdc.model.expressions.rows import mentions_caller
from bdc.model.nodes.api import Api, Expand, Filter, Operation, OwnList, Resource
from bdc.model.nodes.entity import CollectionField, ComputedField
from bdc.model.nodes.values import Entry
from bdc.model.versions import main_resource
from bdc.naming.casing import kebab

Verb = Literal["list", "get", "create", "update", "delete"]
_VERBS: tuple[Verb, ...] = ("list", "get", "create", "update", "delete")
_OPERATORS = {
    "range": ("eq", "gt", "gte", "lt", "lte"),
    "eq": ("eq",),
    "in": ("in",),
    "ne": ("ne",),
    "contains": ("contains",),
    "startswith": ("startswith",),
    "isnull": ("isnull",),
    "gt": ("gt",),
    "gte": ("gte",),
    "lt": ("lt",),
    "lte": ("lte",),
}
_ORDER = ("eq", "in", "ne", "gt", "gte", "lt", "lte", "contains", "startswith", "isnull")


def lower_api(context: Context, api: Api) -> ir.Api:
    limit, graphql = api.limit, api.graphql
    return ir.Api(
        name=api.name,
        called=api.called,
        deprecated=api.deprecated,
        sunset=api.sunset,
        version=api.version,
        path=api.path,
        doc=api.doc,
        auth=api.auth,
        limit=ir.RateLimit(count=limit.count, seconds=limit.seconds, by=limit.by)
        if limit is not None
        else None,
        graphql=None
        if graphql is None
        else ir.GraphQLSettings(
            path=graphql.path,
            depth=graphql.depth,
            cost=graphql.cost,
            introspection=graphql.introspection,
            persisted=graphql.persisted,
            relay=graphql.relay,
        ),
        profile=api.profile,
        resources=_resources(context, api),
        operations=tuple(_operation(context, api, each, None) for each in api.operations),
        origin=context.origin(api.span),
    )


def _resources(context: Context, api: Api) -> tuple[ir.Resource, ...]:
    """Return the resources. A resource of one row joins the main resource of the same entity that has a path for each row, if there is one."""
    singles = {each.entity: each for each in api.resources if each.single is not None}
    keyed = {each.entity for each in api.resources if each.single is None}
    mains = {name: main_resource(api, name) for name in singles}
    return tuple(
        _with_single(
            context,
            api,
            _resource(context, api, each),
            singles.get(each.entity) if mains.get(each.entity) is each else None,
        )
        for each in api.resources
        if each.single is None or each.entity not in keyed
    )


def _with_single(context: Context, api: Api, made: ir.Resource, single: Resource | None) -> ir.Resource:
    """Return the resource with the row of the caller: what that row shows stands in its own resource, or as `show self` in the other."""
    if single is None:
        return made
    own = ir.Single(
        path=single.path,
        doc=single.doc,
        operations=tuple(verb for verb in ("get", "update", "delete") if single.offers(verb)),
        envelope=of_one(envelope(api, single)),
        replica=single.replica,
        origin=context.origin(single.span),
    )
    update = made.update or (update_shape(context, single) if single.offers("update") else None)
    shows = tuple(each for each in made.shows if made.operations or each.position == "self")
    shows += tuple(show(each, "self") for each in single.shows if each.position == "row")
    expand = (*made.expand, *(each for each in shown(single) if each not in made.expand))
    hooks = made.hooks + tuple(_hook(context, each) for each in single.hooks)
    changes = {"single": own, "hooks": hooks, "update": update, "shows": shows, "expand": merged(expand)}
    return made.model_copy(update=changes)


def _resource(context: Context, api: Api, resource: Resource) -> ir.Resource:
    return ir.Resource(
        entity=resource.entity,
        path=resource.path,
        by=resource.by.text if resource.by is not None else None,
        parent=resource.parent,
        via=resource.via,
        doc=resource.doc,
        operations=tuple(verb for verb in _VERBS if resource.single is None and resource.offers(verb)),
        page=ir.Page(
            kind=resource.page_kind,
            default=resource.page_default,
            max=resource.page_max,
            total=resource.page_total,
        ),
        filters=tuple(_filter(context, resource, each) for each in resource.filters),
        lists=tuple(_own_list(context, resource, each) for each in resource.lists),
        search=tuple(word.text for word in resource.search),
        nearest=ir.Nearest(field=resource.nearest.field.text, measure=resource.nearest.measure)
        if resource.nearest is not None
        else None,
        search_prefix=resource.search_prefix,
        search_rank=resource.search_rank,
        search_fuzzy=resource.search_fuzzy,
        sorts=tuple(word.text for word in resource.sorts),
        order=tuple(word.text for word in resource.order),
        selectable=resource.selectable,
        conditional=resource.conditional,
        minimal=resource.minimal,
        replica=resource.replica,
        can=resource.can,
        bulk=resource.bulk,
        expand=merged((*(_expand(each) for each in resource.expand), *shown(resource))),
        shows=tuple(show(each, each.position) for each in resource.shows),
        envelope=envelope(api, resource),
        create=create_shape(context, resource) if resource.offers("create") else None,
        update=update_shape(context, resource) if resource.offers("update") else None,
        custom=tuple(_operation(context, api, each, resource) for each in resource.custom),
        hooks=tuple(_hook(context, each) for each in resource.hooks),
        origin=context.origin(resource.span),
    )


def _own_list(context: Context, resource: Resource, written: OwnList) -> ir.OwnList:
    return ir.OwnList(
        name=written.name,
        path=written.path,
        doc=written.doc,
        presets=tuple(ir.Preset(filter=name, value=value) for name, value in written.presets),
        of_caller=any(_is_of_caller(context, resource, name) for name, _ in written.presets),
        origin=context.origin(written.span),
    )


def _is_of_caller(context: Context, resource: Resource, name: str) -> bool:
    """Say whether what a filter compares follows from the caller."""
    declared = next(
        each
        for each in resource.filters
        if name == (each.called.text if each.called is not None else each.path)
    )
    entities = context.model.entities
    field = at_end(entities, resource.entity, declared.path).find(declared.field)
    return isinstance(field, ComputedField) and field.expr is not None and mentions_caller(field.expr)


def _filter(context: Context, resource: Resource, written: Filter) -> ir.Filter:
    """Without operators a filter compares for equality, with one value or several; a list has the value among its own."""
    entities = context.model.entities
    field = at_end(entities, resource.entity, written.path).find(written.field)
    many = isinstance(getattr(field, "type", None), ir.ArrayType)
    named = [name for word in written.operators for name in _OPERATORS[word.text]]
    named = named or (["contains"] if many else ["eq", "in"])
    named += ["in"] if isinstance(field, CollectionField) else []  # what a query string asks
    return ir.Filter(
        field=written.field,
        operators=tuple(each for each in _ORDER if each in named),
        via=written.via,
        called=written.called.text if written.called is not None else None,
    )


def _expand(written: Expand) -> ir.ExpandNode:
    return ir.ExpandNode(
        field=written.field, max=written.max, children=tuple(_expand(each) for each in written.children)
    )


def _operation(context: Context, api: Api, operation: Operation, resource: Resource | None) -> ir.Operation:
    entity = context.model.entities[resource.entity] if resource is not None else None
    keys = row_names(resource, entity)
    named = path_names(resource, entity)
    http = _http(operation, resource, keys)
    reads = operation.sql is not None and http.method == "GET"
    first, *also = _grants(operation) or (ir.Grant(roles=()),)
    return ir.Operation(
        name=operation.name,
        entity=operation.entity,
        doc=operation.doc,
        parameters=tuple(_parameter(each, operation, named) for each in operation.parameters),
        returns=operation.returns,
        returns_nullable=operation.returns_nullable,
        idempotent=operation.idempotent,
        writes=not reads,
        body=_body(operation, restores=_restores(context, operation)),
        calls=tuple(
            ir.ExternalCall(external=each.external, operation=each.operation) for each in operation.calls
        ),
        errors=_raised(operation),
        emits=tuple(word.text for word in operation.emits),
        http=http,
        roles=first.roles,
        condition=first.condition,
        also=tuple(also),
        deprecated=operation.deprecated,
        graphql=operation.graphql,
        envelope=of_operation(api, operation),
        replica=operation.replica or (reads and resource is not None and resource.replica),
        origin=context.origin(operation.span),
    )


def _hook(context: Context, hook: Operation) -> ir.Hook:
    body = _body(hook)
    assert hook.entity is not None and isinstance(body, ir.TransitionBody)
    return ir.Hook(
        action=hook.name,
        entity=hook.entity,
        body=body,
        errors=_raised(hook),
        emits=tuple(word.text for word in hook.emits),
        origin=context.origin(hook.span),
    )


def _raised(operation: Operation) -> tuple[ir.RaisedError, ...]:
    return tuple(
        ir.RaisedError(error=each.error, on=each.on.text if each.on else None) for each in operation.errors
    )


def _grants(operation: Operation) -> tuple[ir.Grant, ...]:
    return tuple(
        ir.Grant(roles=tuple(word.text for word in each.roles), condition=each.condition)
        for each in operation.allows
    )


def _parameter(entry: Entry, operation: Operation, keys: tuple[str, ...]) -> ir.Parameter:
    return ir.Parameter(
        name=entry.name,
        type=entry.type,
        nullable=entry.nullable,
        default=entry.default,
        doc=entry.doc,
        place=place(entry, operation, keys),
        header=entry.header,
        graphql=entry.graphql,
        refers=entry.refers,
        row=entry.row,
    )


def _restores(context: Context, operation: Operation) -> bool:
    if operation.entity is None or not is_restoring(context.model.entities[operation.entity], operation):
        return False
    machine = context.model.machine(operation.entity)
    moves = machine.transitions if machine is not None else ()
    return not any(each.operation is not None and each.operation.text == operation.name for each in moves)


def _body(operation: Operation, *, restores: bool = False) -> ir.HandlerBody | ir.TransitionBody | ir.SqlBody:
    sets = assignments(operation.sets)
    if operation.handler:
        return ir.HandlerBody(sets=sets)
    if operation.sql is not None:
        keys = operation.keys
        granted = tuple(word.text for word in keys.roles) if keys is not None else ()
        return ir.SqlBody(sql=operation.sql, keys=keys.verb if keys is not None else None, granted=granted)
    return ir.TransitionBody(
        sets=sets,
        requires=tuple(
            ir.Requirement(condition=each.condition, error=each.error, members=assignments(each.members))
            for each in operation.requires
        ),
        statements=tuple(
            ir.OperationStatement(
                verb=each.verb, entity=each.entity, row=each.row, values=assignments(each.values)
            )
            for each in operation.statements
        ),
        enqueues=tuple(
            ir.Enqueue(
                job=each.job,
                values=assignments(each.values),
                after=each.after,
                at=each.at,
                cancels=each.cancels,
            )
            for each in operation.enqueues
        ),
        restores=restores,
    )


def _http(operation: Operation, resource: Resource | None, keys: tuple[str, ...]) -> ir.Http:
    """By default an operation is a POST: under its row, or under the api itself."""
    if operation.http is not None:
        path = keyed_path(operation.http.path, keys)
        return ir.Http(method=operation.http.method, path=path)
    if resource is None:
        return ir.Http(method="POST", path="/" + kebab(operation.name))
    return ir.Http(method="POST", path=keyed_path(f"{resource.path}/{{{KEY}}}/{operation.name}", keys))
