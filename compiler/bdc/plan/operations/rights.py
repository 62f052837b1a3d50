"""Rights: given with the expansion, when the rules are in place; taken with the contract, before anything else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bdc.catalog import Right
from bdc.ddl.names import Name, full, quote
from bdc.plan.compare import Change
from bdc.plan.making import key
from bdc.plan.operation import Hazard
from bdc.plan.step import Step


def plan_rights(target: str, label: Name | str, changes: Iterable[Change], rank: int = 62) -> Iterator[Step]:
    """Plan what is given and taken of one object; `target` as GRANT spells it (`table public.order`)."""
    changes = list(changes)
    given = [change.new for change in changes if change.new is not None]
    taken = [change.old for change in changes if change.old is not None]
    if given:
        yield Step(
            key=key("grant", target.split()[0], label),
            title=f"Rights on {target}",
            phase="expand",
            rank=rank,
            statements=tuple(grant_texts(target, given)),
            needs=frozenset({target}),
            undo=tuple(revoke_texts(target, given)),
            hazards=(
                Hazard(code="GRANT_WIDENS", object=target, message=f"{', '.join(_roles(given))} may do more"),
            ),
        )
    if taken:
        yield Step(
            key=key("revoke", target.split()[0], label),
            title=f"Rights on {target} are taken",
            phase="contract",
            rank=5,
            statements=tuple(revoke_texts(target, taken)),
            undo=tuple(grant_texts(target, taken)),
        )


def grant_texts(target: str, rights: Iterable[Right]) -> Iterator[str]:
    for (role, grantable), listed in _together(rights).items():
        option = " with grant option" if grantable else ""
        yield f"grant {listed} on {target} to {_role(role)}{option};"


def revoke_texts(target: str, rights: Iterable[Right]) -> Iterator[str]:
    for (role, _), listed in _together(rights).items():
        yield f"revoke {listed} on {target} from {_role(role)};"


def _together(rights: Iterable[Right]) -> dict[tuple[str, bool], str]:
    found: dict[tuple[str, bool], list[str]] = defaultdict(list)
    for right in rights:
        column = f" ({quote(right.column)})" if right.column is not None else ""
        found[right.role, right.grantable].append(f"{right.privilege}{column}")
    return {who: ", ".join(listed) for who, listed in found.items()}


def _roles(rights: Iterable[Right]) -> list[str]:
    return sorted({right.role for right in rights})


def _role(name: str) -> str:
    return "public" if name.lower() == "public" else quote(name)


def on_table(table: Name) -> str:
    return f"table {full(table)}"
