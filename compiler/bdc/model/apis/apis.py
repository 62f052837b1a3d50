"""Apis: what is offered, over which paths, how limited."""

from bdc.model.apis.nesting import against_via, nested
from bdc.model.apis.operations import resolve_operation
from bdc.model.apis.profiles import resolve_profile
from bdc.model.apis.resources import resolve_resource
from bdc.model.attributes import API, read_attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownDeclaration, UnknownField, UnknownSetting
from bdc.model.errors.policies import TwoOf
from bdc.model.errors.types import BadSetting, NotAllowedHere, OutOfRange
from bdc.model.expressions.literals import seconds
from bdc.model.nodes.api import Api, Auth, GraphQL, Introspection, Operation, RateLimit, Resource
from bdc.source.records import replace
from bdc.syntax import ast

_AUTH: dict[str, Auth] = {"bearer": "bearer", "api_key": "api_key"}
_INTROSPECTION: dict[str, Introspection] = {"always": "always", "dev": "dev", "never": "never"}
_ADDRESSES = ("ip", "address", "client", "client_ip", "remote_addr", "host")
_WORDS: dict[str, tuple[str, ...]] = {
    "introspection": (*_INTROSPECTION,),
    "persisted": ("true", "false"),
    "relay": ("true", "false"),
}
_GRAPHQL = ("depth", "cost", "introspection", "persisted", "relay")


def resolve_apis(context: ResolveContext) -> None:
    for declared in context.declarations():
        if isinstance(declared, ast.ApiDecl):
            context.apis.append(_versioned(_api(context, declared), context.apis))


def _versioned(api: Api, others: list[Api]) -> Api:
    """Return the api; where versions share a name, each but the first is called with its version: `ShopV2`."""
    same = any(each.name == api.name for each in others)
    return replace(api, name=f"{api.name}{api.version.capitalize()}", called=api.name) if same else api


def _api(context: ResolveContext, declared: ast.ApiDecl) -> Api:
    attributes = read_attributes(declared.attributes, API, f"api `{declared.name.text}`", context)
    deprecated, sunset = attributes.leaving() or (None, "")
    version = declared.version.text if declared.version is not None else "v1"
    profile, profile_span = resolve_profile(context, declared)
    return Api(
        name=declared.name.text,
        span=declared.name.span,
        version=version,
        path=_path(declared.path, f"/{version}"),
        doc=declared.doc,
        deprecated=deprecated,
        sunset=sunset,
        auth=_auth(context, declared),
        limit=_limit(context, declared),
        graphql=_graphql(context, declared),
        profile=profile,
        profile_span=profile_span,
        resources=_resources(context, declared),
        operations=_operations(context, declared),
    )


def _path(written: ast.StringLiteral | None, default: str) -> str:
    return default if written is None else "/" + written.value.strip("/")


def _auth(context: ResolveContext, declared: ast.ApiDecl) -> tuple[Auth, ...]:
    found: dict[Auth, None] = {}
    for item in declared.items:
        if isinstance(item, ast.AuthItem):
            for name in item.methods:
                if name.text in _AUTH:
                    found[_AUTH[name.text]] = None
                else:
                    context.report(UnknownDeclaration("credential", name.text, name.span, tuple(_AUTH)))
    return tuple(found)


def _limit(context: ResolveContext, declared: ast.ApiDecl) -> RateLimit | None:
    limits = [item for item in declared.items if isinstance(item, ast.LimitItem)]
    for extra in limits[1:]:
        context.report(TwoOf("a limit", extra.span, limits[0].span))
    if not limits:
        return None
    per = seconds(limits[0].per)
    if per is None or per < 1 or per != int(per):
        context.report(BadSetting("per", "a time in whole seconds (`1m`)", limits[0].per.span))
        return None
    if limits[0].count.value < 1:
        context.report(
            OutOfRange(str(limits[0].count.value), "limit", "it is less than 1", limits[0].count.span)
        )
    return RateLimit(limits[0].count.value, int(per), _claim(context, limits[0].by))


def _claim(context: ResolveContext, by: ast.Path | None) -> str | None:
    """`by actor.id` counts per value of a claim."""
    if by is None:
        return None
    known = (context.identity, *context.others) if context.identity is not None else ()
    claims = tuple(dict.fromkeys(claim.name for each in known for claim in each.claims))
    names = [name.text for name in by.names]
    if len(names) == 2 and names[0] == "actor" and names[1] in claims:
        return names[1]
    if context.identity is not None:
        if by.last.text in _ADDRESSES:
            help_ = "without `by` each address has a limit of its own: `limit 60 per 1m`"
            context.report(NotAllowedHere(f"`{by.text}`", "a limit", by.span, help_))
        else:
            context.report(UnknownField("`actor`", by.last.text, by.last.span, claims, "claim"))
    return None


def _graphql(context: ResolveContext, declared: ast.ApiDecl) -> GraphQL | None:
    items = [item for item in declared.items if isinstance(item, ast.GraphQLItem)]
    for extra in items[1:]:
        context.report(TwoOf("a GraphQL endpoint", extra.span, items[0].span))
    if not items:
        return None
    numbers = {"depth": 8, "cost": 2000}
    introspection: Introspection = "dev"
    said = {"persisted": False, "relay": False}
    for entry in items[0].settings.entries if items[0].settings is not None else ():
        name, given = entry.name.text, entry.value
        if name in numbers and isinstance(given, ast.IntLiteral) and given.value > 0:
            numbers[name] = given.value
        elif name == "introspection" and isinstance(given, ast.Path) and given.text in _INTROSPECTION:
            introspection = _INTROSPECTION[given.text]
        elif name in said and isinstance(given, ast.BoolLiteral):
            said[name] = given.value
        elif name in _GRAPHQL:
            wanted = "a number above 0" if name in numbers else " or ".join(_WORDS[name])
            context.report(BadSetting(name, wanted, given.span))
        else:
            context.report(UnknownSetting(name, "`graphql`", entry.name.span, _GRAPHQL))
    return GraphQL(_path(items[0].path, "/graphql"), numbers["depth"], numbers["cost"], introspection, **said)


def _resources(context: ResolveContext, declared: ast.ApiDecl) -> tuple[Resource, ...]:
    found: list[Resource] = []
    for item in declared.items:
        if isinstance(item, ast.ResourceDecl):
            against_via(context, item)
            found += _with_inner(context, item, None)
    return tuple(found)


def _with_inner(context: ResolveContext, item: ast.ResourceDecl, parent: Resource | None) -> list[Resource]:
    """Return a resource with those that stand in it, each with the path of the row that it stands under."""
    resource = resolve_resource(context, item)
    if resource is not None and parent is not None:
        resource = nested(context, item, resource, parent)
    if resource is None:
        return []
    inner = [each for each in item.items if isinstance(each, ast.ResourceDecl)]
    return [resource, *(found for each in inner for found in _with_inner(context, each, resource))]


def _operations(context: ResolveContext, declared: ast.ApiDecl) -> tuple[Operation, ...]:
    return tuple(
        resolve_operation(context, item, None)
        for item in declared.items
        if isinstance(item, ast.OperationDecl)
    )
