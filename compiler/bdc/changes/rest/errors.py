"""Errors: which an operation can answer with, and what is in them."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.members import Body, compare_members
from bdc.changes.named import Named
from bdc.changes.shapes import entry_members
from bdc.changes.sides import Sides
from bdc.ir import ErrorDecl, Origin, SystemIR, TransitionBody
from bdc.surface import Endpoint

_KEEP = "Keep the old error until no client looks for its code, or offer the operation beside it under another name."


def errors(sides: Sides, old: Endpoint, new: Endpoint, where: str) -> Iterator[Change]:
    """Yield which errors one operation has gained and lost."""
    if (old.operation is None) != (new.operation is None):
        return
    before, after = _raised(sides.old, old), _raised(sides.new, new)
    renamed = dict(_renamed(sides, old, new, before, after))
    for code, now in renamed.items():
        message = f"{new.id} answers with `{now}` where it answered with `{code}`"
        yield Change("rest.error-renamed", f"{where} {code}", message, _KEEP, _origin(new))
    yield from _one_sided(new, where, before, after, renamed)


def _one_sided(
    new: Endpoint,
    where: str,
    before: dict[str, ErrorDecl],
    after: dict[str, ErrorDecl],
    renamed: dict[str, str],
) -> Iterator[Change]:
    origin = _origin(new)
    for code in sorted(before.keys() - after.keys() - renamed.keys()):
        message = f"{new.id} no longer answers with `{code}`"
        yield Change("rest.error-removed", f"{where} {code}", message, origin=origin)
    for code in sorted(after.keys() - before.keys() - set(renamed.values())):
        message = f"{new.id} may answer with {after[code].status} `{code}`"
        remedy = "Clients that know the errors one by one must learn this one first."
        yield Change("rest.error-added", f"{where} {code}", message, remedy, origin)


def _origin(endpoint: Endpoint) -> Origin | None:
    acting = endpoint.operation or endpoint.hook
    return acting.origin if acting is not None else None


def _renamed(
    sides: Sides, old: Endpoint, new: Endpoint, before: dict[str, ErrorDecl], after: dict[str, ErrorDecl]
) -> Iterator[tuple[str, str]]:
    """Yield the codes that stand for another: what is answered to an illegal transition, and one error of a status for another."""
    implicit = _on_illegal_transition(sides.old, old), _on_illegal_transition(sides.new, new)
    if None not in implicit and implicit[0] != implicit[1]:
        yield str(implicit[0]), str(implicit[1])
    gone = [code for code in before if code not in after and code not in implicit]
    come = [code for code in after if code not in before and code not in implicit]
    for code in gone:
        same = next((each for each in come if after[each].status == before[code].status), None)
        if same is not None:
            come.remove(same)
            yield code, same


def _on_illegal_transition(system: SystemIR, endpoint: Endpoint) -> str | None:
    """Return the code of the answer to a transition that the state of the row does not allow; None where there is none."""
    operation, entity = endpoint.operation, endpoint.entity
    machine = system.machine(entity.name) if entity else None
    if operation is None or machine is None:
        return None
    moves = any(each.operation == operation.name for each in machine.transitions)
    if not moves and not isinstance(operation.body, TransitionBody):
        return None
    codes = {error.name: error.code for error in system.errors}
    named = (codes[each.error] for each in operation.errors if each.on == "illegal_transition")
    return next(named, "illegal-transition")


def _raised(system: SystemIR, endpoint: Endpoint) -> dict[str, ErrorDecl]:
    declared = {error.name: error for error in system.errors}
    return {declared[each.error].code: declared[each.error] for each in endpoint.raised}


def declared_errors(sides: Sides, shared: Named) -> Iterator[Change]:
    """Yield how the problem documents of errors that are on both sides differ."""
    before = {error.name: error for error in sides.old.errors}
    for error in sides.new.errors:
        was = before.get(error.name)
        if was is None:
            continue
        if was.code != error.code:
            message = f"the error `{was.code}` is called `{error.code}`"
            yield Change("rest.error-renamed", was.code, message, _KEEP, error.origin)
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
