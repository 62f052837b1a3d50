"""Views: a read-only entity, the columns it has, and the expressions behind them."""

from bdc import ir
from bdc.lowering.context import Context
from bdc.lowering.entity import lower_entity
from bdc.lowering.evolution import former_tables
from bdc.lowering.schema import lower_table
from bdc.model.nodes.entity import Entity


def lower_view(context: Context, entity: Entity) -> ir.View:
    view = entity.view
    assert view is not None
    table = lower_table(context, entity)
    values = dict(view.values)
    return ir.View(
        entity=lower_entity(context, entity),
        table=table.model_copy(update={"foreign_keys": (), "checks": ()}),
        source=view.source,
        binding=view.declared.binding.text,
        where=view.where,
        group=view.group,
        having=view.having,
        values=tuple(values[field.name] for field in entity.fields),
        materialized=view.materialized,
        refresh=view.refresh,
        was=former_tables(entity.was),
    )
