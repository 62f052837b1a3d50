"""Errors: which an operation can answer with, and what is in them."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.members import Body, compare_members
from bdc.changes.named import Named
from bdc.changes.shapes import entry_members
from bdc.changes.sides import Sides
from bdc.ir import ErrorDecl, SystemIR
from bdc.query.surface import Endpoint


def errors(sides: Sides, old: Endpoint, new: Endpoint, where: str) -> Iterator[Change]:
    """Yield which errors one operation has gained and lost."""
    if old.operation is None or new.operation is None:
        return
    before, after = _raised(sides.old, old), _raised(sides.new, new)
    origin = new.operation.origin
    for code in sorted(before.keys() - after.keys()):
        message = f"{new.id} no longer answers with `{code}`"
        yield Change("rest.error-removed", f"{where} {code}", message, origin=origin)
    for code in sorted(after.keys() - before.keys()):
        message = f"{new.id} may answer with {after[code].status} `{code}`"
        remedy = "Clients that know the errors one by one must learn this one first."
        yield Change("rest.error-added", f"{where} {code}", message, remedy, origin)


def _raised(system: SystemIR, endpoint: Endpoint) -> dict[str, ErrorDecl]:
    declared = {error.name: error for error in system.errors}
    raised = endpoint.operation.errors if endpoint.operation else ()
    return {declared[each.error].code: declared[each.error] for each in raised}


def declared_errors(sides: Sides, shared: Named) -> Iterator[Change]:
    """Yield how the problem documents of errors that are on both sides differ."""
    before = {error.name: error for error in sides.old.errors}
    for error in sides.new.errors:
        was = before.get(error.name)
        if was is None:
            continue
        if was.status != error.status:
            message = f"`{error.code}` is answered with {error.status} instead of {was.status}"
            yield Change("rest.error-status-changed", error.code, message, origin=error.origin)
        body = Body(
            codes="rest.property-",
            place=error.code,
            incoming=False,
            renames=sides.renames,
            follow=shared.follow,
            origin_of=lambda member, at=error.origin: at,  # type: ignore[misc]
        )
        yield from compare_members(body, entry_members(was.members), entry_members(error.members))
