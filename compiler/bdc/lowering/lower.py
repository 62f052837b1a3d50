"""The order of lowering, readable aloud."""

from bdc import ir
from bdc.lowering.api import lower_api
from bdc.lowering.behaviour import lower_error, lower_event, lower_machine, lower_scenario, lower_seed
from bdc.lowering.context import Context
from bdc.lowering.deploy import lower_deploy, lower_load
from bdc.lowering.entity import lower_domain, lower_entity, lower_enum, lower_struct
from bdc.lowering.evolution import lower_removal
from bdc.lowering.externals import lower_external
from bdc.lowering.jobs import lower_job
from bdc.lowering.operation_names import named_apart
from bdc.lowering.policy import lower_identity, lower_policy, lower_roles
from bdc.lowering.projections import projected
from bdc.lowering.relay import relayed
from bdc.lowering.schema import lower_table
from bdc.lowering.view import lower_view
from bdc.lowering.webhooks import (
    lower_audit,
    lower_consumers,
    lower_receivers,
    lower_sources,
    lower_stream,
    lower_webhooks,
)
from bdc.model import Model
from bdc.naming.casing import snake, title
from bdc.naming.sql import system_name
from bdc.sql.unread import without_setting


def lower(model: Model) -> ir.SystemIR:
    """Return the IR of a model that was resolved and analysed without an error."""
    context = Context(model)
    blocks = (
        ir.SqlBlock(name=each.name, sql=without_setting(each.text), origin=context.origin(each.span))
        for each in model.sql
    )
    system = ir.SystemIR(
        name=system_name(snake(model.name)),
        title=title(model.name),
        enums=tuple(lower_enum(context, each) for each in model.enums.values()),
        domains=tuple(lower_domain(context, each) for each in model.domains.values()),
        structs=tuple(lower_struct(context, each) for each in model.structs.values()),
        entities=tuple(lower_entity(context, each) for each in model.entities.values() if each.view is None),
        tables=tuple(lower_table(context, each) for each in model.entities.values() if each.view is None),
        views=tuple(lower_view(context, each) for each in model.entities.values() if each.view is not None),
        sql_blocks=tuple(blocks),
        machines=tuple(lower_machine(context, each) for each in model.machines),
        errors=tuple(lower_error(context, each) for each in model.errors.values()),
        events=tuple(lower_event(context, each) for each in model.events.values()),
        identity=lower_identity(context),
        roles=lower_roles(context),
        policies=tuple(lower_policy(context, each) for each in model.policies),
        apis=tuple(lower_api(context, each) for each in model.apis),
        jobs=tuple(lower_job(context, each) for each in model.jobs),
        load=lower_load(context),
        deploys=tuple(lower_deploy(context, each) for each in model.deploys),
        seeds=tuple(lower_seed(context, each) for each in model.seeds.values()),
        scenarios=tuple(lower_scenario(context, each) for each in model.scenarios),
        webhooks=lower_webhooks(context),
        stream=lower_stream(context),
        sources=lower_sources(context),
        consumers=lower_consumers(context),
        audit=lower_audit(context),
        externals=tuple(lower_external(context, each) for each in model.externals.values()),
        receivers=lower_receivers(context),
        dropped=tuple(lower_removal(context, each) for each in model.dropped),
    )
    return relayed(projected(named_apart(system)))
