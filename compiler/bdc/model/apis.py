"""Apis: what is offered, over which paths, how limited."""

from bdc.model.attributes import NOTHING, read_attributes
from bdc.model.errors.names import UnknownDeclaration, UnknownField, UnknownSetting
from bdc.model.errors.policies import TwoOf
from bdc.model.errors.support import NotSupported
from bdc.model.errors.types import BadSetting, OutOfRange
from bdc.model.expressions.literals import seconds
from bdc.model.nodes.api import Api, Auth, GraphQL, Introspection, Operation, RateLimit, Resource
from bdc.model.operations import resolve_operation
from bdc.model.resources import resolve_resource
from bdc.model.world import World
from bdc.syntax import ast

_AUTH: dict[str, Auth] = {"bearer": "bearer", "api_key": "api_key"}
_INTROSPECTION: dict[str, Introspection] = {"always": "always", "dev": "dev", "never": "never"}
_GRAPHQL = ("depth", "cost", "introspection")


def resolve_apis(world: World) -> None:
    for declared in world.declarations():
        if isinstance(declared, ast.ApiDecl):
            world.apis.append(_api(world, declared))


def _api(world: World, declared: ast.ApiDecl) -> Api:
    read_attributes(declared.attributes, NOTHING, f"api `{declared.name.text}`", world)
    version = declared.version.text if declared.version is not None else "v1"
    return Api(
        name=declared.name.text,
        span=declared.name.span,
        version=version,
        path=_path(declared.path, f"/{version}"),
        doc=declared.doc,
        auth=_auth(world, declared),
        limit=_limit(world, declared),
        graphql=_graphql(world, declared),
        resources=_resources(world, declared),
        operations=_operations(world, declared),
    )


def _path(written: ast.StringLiteral | None, default: str) -> str:
    return default if written is None else "/" + written.value.strip("/")


def _auth(world: World, declared: ast.ApiDecl) -> tuple[Auth, ...]:
    found: dict[Auth, None] = {}
    for item in declared.items:
        if isinstance(item, ast.AuthItem):
            for name in item.methods:
                if name.text in _AUTH:
                    found[_AUTH[name.text]] = None
                else:
                    world.report(UnknownDeclaration("credential", name.text, name.span, tuple(_AUTH)))
    return tuple(found)


def _limit(world: World, declared: ast.ApiDecl) -> RateLimit | None:
    limits = [item for item in declared.items if isinstance(item, ast.LimitItem)]
    for extra in limits[1:]:
        world.report(TwoOf("a limit", extra.span, limits[0].span))
    if not limits:
        return None
    per = seconds(limits[0].per)
    if per is None or per < 1 or per != int(per):
        world.report(BadSetting("per", "a time of whole seconds (`1m`)", limits[0].per.span))
        return None
    if limits[0].count.value < 1:
        world.report(
            OutOfRange(str(limits[0].count.value), "limit", "it is less than 1", limits[0].count.span)
        )
    return RateLimit(limits[0].count.value, int(per), _claim(world, limits[0].by))


def _claim(world: World, by: ast.Path | None) -> str | None:
    """`by actor.id` counts per value of a claim."""
    if by is None:
        return None
    claims = tuple(claim.name for claim in world.identity.claims) if world.identity is not None else ()
    names = [name.text for name in by.names]
    if len(names) == 2 and names[0] == "actor" and names[1] in claims:
        return names[1]
    if world.identity is not None:
        world.report(UnknownField("`actor`", by.last.text, by.last.span, claims, "claim"))
    return None


def _graphql(world: World, declared: ast.ApiDecl) -> GraphQL | None:
    items = [item for item in declared.items if isinstance(item, ast.GraphQLItem)]
    for extra in items[1:]:
        world.report(TwoOf("a GraphQL endpoint", extra.span, items[0].span))
    if not items:
        return None
    numbers = {"depth": 8, "cost": 2000}
    introspection: Introspection = "dev"
    for entry in items[0].settings.entries if items[0].settings is not None else ():
        name, given = entry.name.text, entry.value
        if name in numbers and isinstance(given, ast.IntLiteral) and given.value > 0:
            numbers[name] = given.value
        elif name == "introspection" and isinstance(given, ast.Path) and given.text in _INTROSPECTION:
            introspection = _INTROSPECTION[given.text]
        elif name in _GRAPHQL:
            wanted = "a number above 0" if name in numbers else " or ".join(_INTROSPECTION)
            world.report(BadSetting(name, wanted, given.span))
        else:
            world.report(UnknownSetting(name, "`graphql`", entry.name.span, _GRAPHQL))
    return GraphQL(_path(items[0].path, "/graphql"), numbers["depth"], numbers["cost"], introspection)


def _resources(world: World, declared: ast.ApiDecl) -> tuple[Resource, ...]:
    found: list[Resource] = []
    for item in declared.items:
        if isinstance(item, ast.ResourceDecl):
            resource = resolve_resource(world, item)
            if resource is not None:
                found.append(resource)
            for inner in item.items:
                if isinstance(inner, ast.ResourceDecl):
                    world.report(NotSupported("a resource in a resource", inner.span))
    return tuple(found)


def _operations(world: World, declared: ast.ApiDecl) -> tuple[Operation, ...]:
    return tuple(
        resolve_operation(world, item, None) for item in declared.items if isinstance(item, ast.OperationDecl)
    )
