"""The order of resolving, readable aloud: each step fills its part of the world and reads those before it."""

from collections.abc import Callable, Sequence
from types import MappingProxyType

from bdc.diagnostics import DiagnosticSink
from bdc.model.apis import resolve_apis
from bdc.model.behaviour import resolve_errors, resolve_events, resolve_machines
from bdc.model.deploys import resolve_deploys, resolve_load
from bdc.model.entities import shape_entities
from bdc.model.evolution import resolve_evolution
from bdc.model.identity import resolve_identity
from bdc.model.implied_rules import resolve_implied_rules
from bdc.model.joins import with_joins
from bdc.model.later import refuse_later
from bdc.model.links import link_references
from bdc.model.members import type_members
from bdc.model.model import Model
from bdc.model.names import bind, module_of, report_unused
from bdc.model.partitions import partition_entities
from bdc.model.policies import resolve_policies, resolve_roles
from bdc.model.relations import relate
from bdc.model.scenarios import resolve_scenarios
from bdc.model.seeds import resolve_seeds
from bdc.model.typing import resolve_aliases
from bdc.model.values import resolve_enums, resolve_structs, type_struct_defaults
from bdc.model.views import shape_views, type_views
from bdc.model.world import World
from bdc.syntax import ast

STEPS: tuple[Callable[[World], None], ...] = (
    resolve_enums,
    resolve_aliases,
    resolve_structs,
    shape_entities,
    link_references,
    shape_views,
    relate,
    resolve_identity,
    type_struct_defaults,
    type_members,
    type_views,
    partition_entities,
    resolve_evolution,
    resolve_errors,
    resolve_events,
    resolve_machines,
    resolve_roles,
    resolve_apis,
    resolve_policies,
    resolve_implied_rules,
    resolve_load,
    resolve_deploys,
    resolve_seeds,
    resolve_scenarios,
    refuse_later,
)


def resolve(trees: Sequence[ast.SourceTree], sink: DiagnosticSink) -> Model:
    """Return the model of all files together; what could not be resolved is reported and left out."""
    names = bind(with_joins(trees), sink)
    world = World(sink, names)
    for step in STEPS:
        step(world)
    report_unused(names, sink)
    return _freeze(world, trees)


def _freeze(world: World, trees: Sequence[ast.SourceTree]) -> Model:
    return Model(
        name=_system_name(trees),
        files=MappingProxyType({tree.file.path: tree.file for tree in world.names.trees}),
        enums=MappingProxyType(world.enums),
        domains=MappingProxyType(world.domains),
        structs=MappingProxyType(world.structs),
        entities=MappingProxyType(world.entities),
        errors=MappingProxyType(world.errors),
        events=MappingProxyType(world.events),
        machines=tuple(world.machines),
        identity=world.identity,
        roles=MappingProxyType(world.roles),
        policies=tuple(world.policies),
        apis=tuple(world.apis),
        load=tuple(world.load),
        deploys=tuple(world.deploys),
        seeds=MappingProxyType(world.seeds),
        scenarios=tuple(world.scenarios),
        sql=tuple(world.sql),
        sql_expressions=tuple(dict.fromkeys(world.sql_expressions)),
        dropped=tuple(world.dropped),
        complete=not world.sink.has_errors,
    )


def _system_name(trees: Sequence[ast.SourceTree]) -> str:
    """The root module: the one whose name starts all others, or the first word of the shortest."""
    modules = sorted(
        {module_of(tree) for tree in trees if tree.module is not None},
        key=lambda name: (name.count("."), name),
    )
    return modules[0].split(".")[0] if modules else "system"
