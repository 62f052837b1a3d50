"""Relations whose name something of another kind has until the contract."""

from collections.abc import Iterator

from bdc.plan.context import Context
from bdc.plan.hints import spelled
from bdc.plan.operation import Refusal
from bdc.plan.refusals import cannot_plan
from bdc.plan.shared_names import Holder, holders


def name_clashes(context: Context) -> Iterator[Refusal]:
    """Yield a refusal for each name that a table, a view, a sequence or an index takes over from something of another kind."""
    before, after = holders(context.old), holders(context.new)
    for name, holder in after.items():
        was = before.get(name)
        if was is not None and not _is_the_same(was, holder):
            yield cannot_plan(
                spelled(name),
                f"it was {_called(was)} and becomes {_called(holder)}",
                "give the new one another name, or remove the old one in a migration of its own",
            )


def _is_the_same(was: Holder, now: Holder) -> bool:
    return was.kind == now.kind and (was.kind != "index" or was.table == now.table)


def _called(holder: Holder) -> str:
    return f"an index of {spelled(holder.table)}" if holder.kind == "index" else f"a {holder.kind}"
