"""The order of resolving, readable aloud: each step fills its part of the context and reads those before it."""

from collections.abc import Callable, Sequence
from types import MappingProxyType

from bdc.diagnostics import DiagnosticSink
from bdc.model.apis.apis import resolve_apis
from bdc.model.apis.deploys import resolve_deploys, resolve_load
from bdc.model.behaviour.audit import resolve_audit
from bdc.model.behaviour.behaviour import resolve_errors, resolve_events, resolve_machines
from bdc.model.behaviour.consumers import resolve_consumers
from bdc.model.behaviour.scenarios import resolve_scenarios
from bdc.model.behaviour.seeds import resolve_seeds
from bdc.model.behaviour.streams import resolve_streams
from bdc.model.behaviour.webhooks import resolve_webhooks
from bdc.model.context import ResolveContext
from bdc.model.entities.entities import shape_entities
from bdc.model.entities.evolution import resolve_evolution
from bdc.model.entities.hiding import resolve_hiding
from bdc.model.entities.members import type_members
from bdc.model.entities.partitions import partition_entities
from bdc.model.entities.views import shape_views, type_views
from bdc.model.externals.documents import with_documents
from bdc.model.externals.externals import resolve_externals
from bdc.model.jobs.enqueues import resolve_signatures
from bdc.model.jobs.expiring import resolve_expiring
from bdc.model.jobs.jobs import resolve_jobs
from bdc.model.jobs.rotating import resolve_rotating
from bdc.model.model import Model
from bdc.model.names import bind, module_of, report_unused
from bdc.model.policies.hashes import without_hashes
from bdc.model.policies.identity import resolve_identity
from bdc.model.policies.implied_rules import resolve_implied_rules
from bdc.model.policies.policies import resolve_policies, resolve_roles
from bdc.model.policies.sign_in import resolve_sign_in
from bdc.model.relations.joins import with_joins
from bdc.model.relations.links import link_references
from bdc.model.relations.relations import relate
from bdc.model.typing.values import resolve_enums, resolve_structs, type_struct_defaults
from bdc.model.typing.written import resolve_aliases
from bdc.model.unsupported import refuse_later
from bdc.syntax import ast

STEPS: tuple[Callable[[ResolveContext], None], ...] = (
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
    resolve_sign_in,
    resolve_signatures,
    resolve_externals,
    resolve_apis,
    resolve_policies,
    resolve_implied_rules,
    resolve_hiding,
    resolve_jobs,
    resolve_expiring,
    resolve_rotating,
    resolve_audit,
    resolve_load,
    resolve_deploys,
    resolve_seeds,
    resolve_webhooks,
    resolve_streams,
    resolve_consumers,
    resolve_scenarios,
    refuse_later,
)


def resolve(trees: Sequence[ast.SourceTree], sink: DiagnosticSink) -> Model:
    """Return the model of all files together; what could not be resolved is reported and left out."""
    written, offered = with_documents(with_joins(without_hashes(trees)), sink)
    names = bind(written, sink)
    context = ResolveContext(sink, names, offered=offered)
    for step in STEPS:
        step(context)
    report_unused(names, sink)
    return _freeze(context, trees)


def _freeze(context: ResolveContext, trees: Sequence[ast.SourceTree]) -> Model:
    return Model(
        name=_system_name(trees),
        files=MappingProxyType({tree.file.path: tree.file for tree in context.names.trees}),
        enums=MappingProxyType(context.enums),
        domains=MappingProxyType(context.domains),
        structs=MappingProxyType(context.structs),
        entities=MappingProxyType(context.entities),
        errors=MappingProxyType(context.errors),
        events=MappingProxyType(context.events),
        machines=tuple(context.machines),
        identity=context.identity,
        others=tuple(context.others),
        roles=MappingProxyType(context.roles),
        policies=tuple(context.policies),
        apis=tuple(context.apis),
        jobs=tuple(context.jobs),
        load=tuple(context.load),
        deploys=tuple(context.deploys),
        seeds=MappingProxyType(context.seeds),
        scenarios=tuple(context.scenarios),
        sql=tuple(context.sql),
        sql_expressions=tuple(dict.fromkeys(context.sql_expressions)),
        dropped=tuple(context.dropped),
        complete=not context.sink.has_errors,
        webhooks=context.webhooks,
        audit=context.audit,
        stream=context.stream,
        sources=tuple(context.sources.values()),
        receivers=tuple(context.receivers.values()),
        consumers=tuple(context.consumers),
        externals=MappingProxyType(context.externals),
    )


def _system_name(trees: Sequence[ast.SourceTree]) -> str:
    """The root module: the one whose name starts all others, or the first word of the shortest."""
    modules = sorted(
        {module_of(tree) for tree in trees if tree.module is not None},
        key=lambda name: (name.count("."), name),
    )
    return modules[0].split(".")[0] if modules else "system"
