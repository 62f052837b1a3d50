"""What GraphQL clients meet: the schema that the emitter makes of each side, type by type."""

from collections.abc import Iterable, Iterator

from bdc.changes.change import Change
from bdc.changes.graphql.types import compare_schemas
from bdc.changes.reduce import Scope
from bdc.changes.sides import Sides, paired_apis
from bdc.ir import Api, GraphQLSettings, Resource, SystemIR
from bdc.source.records import replace
from bdc.surface.graphql.entities import Reach, reach
from bdc.surface.graphql.inputs import FilterTypes, filter_input
from bdc.surface.graphql.outline import outline
from bdc.surface.graphql.scalars import Types
from bdc.surface.graphql.tasks import signs_in
from bdc.surface.graphql.tree import InputType


def graphql_changes(scope: Scope) -> Iterator[Change]:
    """Yield what a client of GraphQL meets, in each api that offers it. Where several do, a change says in which."""
    before, after = _offering(scope.whole.old), _offering(scope.whole.new)
    several = len(before) > 1 or len(after) > 1
    for old, new in _paired(scope.whole, before, after):
        api = new or old
        for change in _of_api(scope, old, new):
            yield _of(change, api) if several and api is not None else change


def _of(change: Change, api: Api) -> Change:
    name = " ".join(api.place)
    if change.place.partition(" ")[0] == api.name:
        return change
    return replace(change, place=f"{name}: {change.place}", message=f"{name}: {change.message}")


def _of_api(scope: Scope, old: Api | None, new: Api | None) -> Iterator[Change]:
    if old is None or new is None:
        yield _endpoint(old, new)
        return
    yield from _settings(old, new)
    yield from _schemas(scope, old, new)


def _paired(
    sides: Sides, before: list[Api], after: list[Api]
) -> Iterator[tuple[Api, Api] | tuple[Api, None] | tuple[None, Api]]:
    """Yield the apis of both sides that are the same, and those that are gone or new. Where each side has one, it is the same."""
    if len(before) == len(after) == 1:
        yield before[0], after[0]
        return
    found = [pair for pair in paired_apis(sides) if pair[0] in before and pair[1] in after]
    yield from found
    yield from ((old, None) for old in before if all(old is not pair[0] for pair in found))
    yield from ((None, new) for new in after if all(new is not pair[1] for pair in found))


def _schemas(scope: Scope, old: Api, new: Api) -> Iterator[Change]:
    """Compare what there may be something to say of; a type that is only there no longer used, or used for the first time, is
    looked up in the whole."""
    whole, less = scope.whole, scope.less
    if not _filters_are_told_apart(scope, old, new):
        less = whole
    before, after = reach(whole.old, old), reach(whole.new, new)
    if less is not whole:
        projected = (each for side in (whole.old, whole.new) for each in side.projections)
        dirty = scope.dirty | {each.name for each in projected if each.stored in scope.dirty}
        before, after = _differing(dirty, before, after)
    schemas = (
        outline(side, _same(side, api) or api, reached)
        for side, api, reached in ((less.old, old, before), (less.new, new, after))
    )
    silent = _writes(whole.old, old) and not _writes(whole.new, new)
    if silent:
        yield Change("graphql.type-removed", "Mutation", "nothing can be written any more", origin=new.origin)
    for change in compare_schemas(whole, *schemas):
        if silent and change.place.startswith("Mutation."):
            continue
        if change.code == "graphql.type-removed" and change.place in _type_names(whole.new, new):
            continue
        if change.code == "graphql.type-added" and change.place in _type_names(whole.old, old):
            continue
        yield change


def _differing(dirty: frozenset[str], old: Reach, new: Reach) -> tuple[Reach, Reach]:
    """Leave out the entities that are the same, and reached the same way, on both sides."""
    both = set(old.entities) & set(new.entities)
    alike = {name for name in both - dirty if old.relations.get(name, {}) == new.relations.get(name, {})}

    def left(reached: Reach) -> Reach:
        return Reach(tuple(name for name in reached.entities if name not in alike), reached.relations)

    return left(old), left(new)


def _filters_are_told_apart(scope: Scope, old: Api, new: Api) -> bool:
    """Whether each name of a filter stands for one set of operators, whichever resources there are: otherwise the name that a
    filter gets depends on those before it. What is quiet is the same on both sides."""
    loud = {id(resource) for api in scope.less.new.apis for resource in api.resources}
    quiet = [resource for resource in new.resources if id(resource) not in loud]
    met: dict[str, InputType] = {}
    return _told_apart(scope.whole.new, quiet, met) and all(
        _told_apart(side, api.resources, dict(met))
        for side, whole in ((scope.less.old, old), (scope.less.new, new))
        if (api := _same(side, whole)) is not None
    )


def _told_apart(system: SystemIR, resources: Iterable[Resource], met: dict[str, InputType]) -> bool:
    """Enter the filters of `resources` into `met`; whether none has a name that stands for another there."""
    types = Types(system)
    for resource in resources:
        own = FilterTypes()
        filter_input(types, resource, own)
        for type_ in own.types():
            if met.setdefault(type_.name, type_) != type_:
                return False
    return True


def _writes(system: SystemIR, api: Api) -> bool:
    """Whether there is a type `Mutation` at all."""
    reads = {"list", "get"}
    return (
        signs_in(system, api) is not None
        or any(operation.writes for operation in api.operations)
        or any(resource.custom or set(resource.offered) - reads for resource in api.resources)
    )


def _type_names(system: SystemIR, api: Api) -> set[str]:
    schema = outline(system, api)
    objects = {type_.name for type_ in (*schema.objects, *schema.values)}
    inputs = {type_.name for type_ in schema.inputs}
    return {*schema.scalars, *objects, *inputs, *(enum.name for enum in schema.all_enums)}


def _offering(system: SystemIR) -> list[Api]:
    return [api for api in system.apis if api.graphql is not None]


def _same(system: SystemIR, api: Api) -> Api | None:
    """Return an api as it is in a side without what is quiet."""
    return next((each for each in _offering(system) if each.name == api.name), None)


def _endpoint(old: Api | None, new: Api | None) -> Change:
    if new is not None:
        return Change("graphql.endpoint-added", new.name, f"api {new.name} offers GraphQL", origin=new.origin)
    name = old.name if old else ""
    remedy = "Keep the `graphql` line of the api until no client calls it."
    return Change("graphql.endpoint-removed", name, f"api {name} has no GraphQL any more", remedy)


def _settings(old: Api, new: Api) -> Iterator[Change]:
    before, after = old.graphql or GraphQLSettings(path=""), new.graphql or GraphQLSettings(path="")
    if before.path != after.path:
        message = f"GraphQL is served at {after.path} instead of {before.path}"
        yield Change("graphql.path-changed", new.name, message, origin=new.origin)
    for name, was, now in (("depth", before.depth, after.depth), ("cost", before.cost, after.cost)):
        if was != now:
            code = "graphql.limits-lowered" if now < was else "graphql.limits-raised"
            yield Change(code, f"{new.name} {name}", f"the {name} of a query may be {now} instead of {was}")
    if before.introspection != after.introspection:
        message = f"introspection is {after.introspection} instead of {before.introspection}"
        yield Change("graphql.introspection-changed", new.name, message, origin=new.origin)
    if before.relay != after.relay:
        code = "graphql.ids-global" if after.relay else "graphql.ids-own"
        means = "names a row among those of all types" if after.relay else "is the key of its row"
        yield Change(code, new.name, f"`id` {means}", origin=new.origin)
    if before.persisted != after.persisted:
        code = "graphql.documents-limited" if after.persisted else "graphql.documents-open"
        only = "only documents kept beside the specification are" if after.persisted else "any document is"
        yield Change(code, new.name, f"in production {only} answered", origin=new.origin)
