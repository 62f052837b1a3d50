"""`job Tell on OrderPlaced { … }`: each event that is emitted queues a run, in its transaction. Its members are the arguments."""

from bdc import ir
from bdc.model.context import ResolveContext
from bdc.model.errors.jobs import UnfitJob
from bdc.model.nodes.values import Entry
from bdc.model.typing.values import by_key
from bdc.syntax import ast


def told(context: ResolveContext, declared: ast.JobDecl, path: ast.Path) -> tuple[Entry, ...]:
    """Return the arguments of a job that runs on an event: its scalars and enums, and the keys of its rows. Other members are none."""
    symbol = context.symbol(path.last, "event")
    event = context.events.get(symbol.name) if symbol is not None else None
    name = declared.name.text
    if declared.parameters is not None:
        help_ = "leave out the parentheses: statements name the members of the event"
        context.report(UnfitJob(f"job `{name}` runs on an event and has arguments", "", help_, path.span))
    found: dict[str, Entry] = {}
    for each in (
        by_key(context, member, several=True) for member in (event.members if event is not None else ())
    ):
        if not isinstance(each.type, ir.ScalarType | ir.EnumType):
            continue
        if each.name in found:
            what = f"`{each.name}` of event `{path.text}` is there twice: as itself, and as the key of a row"
            context.report(UnfitJob(what, "", "leave one of the two out of the event", path.span))
        found.setdefault(each.name, each)
    return tuple(found.values())
