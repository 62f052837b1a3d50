"""Relations whose name something of another kind has until the contract."""

from collections.abc import Iterator

from bdc.catalog import Database
from bdc.ddl.names import Name
from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.operation import Refusal
from bdc.plan.refusals import cannot_plan


def name_clashes(context: Context) -> Iterator[Refusal]:
    """Yield a refusal for each name that a table, a view or a sequence takes over from something of another kind."""
    before, after = _kinds(context.old), _kinds(context.new)
    for name, kind in after.items():
        was = before.get(name)
        if was is not None and was != kind:
            yield cannot_plan(
                spelled(name),
                f"it was a {was} and becomes a {kind}",
                "give the new one another name, or remove the old one in a migration of its own",
            )


def _kinds(state: Database) -> dict[Name, str]:
    return {
        **{each.name: "sequence" for each in state.sequences},
        **{each.name: "view" for each in state.views},
        **{each.name: "table" for each in state.tables},
    }
