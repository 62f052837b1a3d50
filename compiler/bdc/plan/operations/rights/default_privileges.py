"""What later objects give: all that is said of one role, schema, kind of object and grantee changes together."""

from collections.abc import Iterator

from bdc.catalog import Database
from bdc.plan.context import Context
from bdc.plan.making import key
from bdc.plan.operation import Hazard
from bdc.plan.step import Step
from bdc.sql.default_privileges import Place, said


def plan_default_privileges(context: Context) -> Iterator[Step]:
    """What comes, comes with the expansion; what goes, goes with the contract."""
    old, new = _places(context.old), _places(context.new)
    for place in {**old, **new}:
        before, after = old.get(place, ()), new.get(place, ())
        more = [text for text in _given(after) if text not in before]
        if more:
            yield _step(place, "give", _given(after), (place.reset, *before))
        if before != after and (set(before) - set(after) or set(after) - set(before) - set(more)):
            yield _step(place, "take", (place.reset, *after), (place.reset, *before, *more))


def is_said(text: str) -> bool:
    """Return whether a statement is planned here."""
    return bool(said(text))


def _places(state: Database) -> dict[Place, tuple[str, ...]]:
    found: dict[Place, tuple[str, ...]] = {}
    for other in state.others:
        for place, text in said(other.definition).items():
            found[place] = (*found.get(place, ()), text)
    return found


def _given(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(text for text in texts if " grant " in text)


def _step(place: Place, verb: str, forth: tuple[str, ...], back: tuple[str, ...]) -> Step:
    return Step(
        key=key(
            f"{verb}-default-privileges", place.grantee, place.kind, *filter(None, (place.schema, place.role))
        ),
        title=str(place),
        phase="expand" if verb == "give" else "contract",
        rank=66 if verb == "give" else 12,
        statements=forth,
        alone=True,
        undo=back,
        hazards=(
            Hazard(
                code="OPAQUE",
                object=str(place),
                message="objects that are made from then on give other rights",
            ),
        ),
    )
