"""Rights: given with the expansion, when the rules are in place; taken with the contract, before anything else."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bdc.catalog import Right
from bdc.ddl.names import Name, full, quote
from bdc.plan.compare import Change
from bdc.plan.making import key
from bdc.plan.operation import Hazard
from bdc.plan.step import Step


def plan_rights(
    target: str, label: Name | str, changes: Iterable[Change], rank: int = 62, kept: Iterable[Right] = ()
) -> Iterator[Step]:
    """Plan what is given and taken of one object; `target` as GRANT spells it (`table public.order`). `kept`: all rights that it has in
    the end: what is taken from a role as a whole takes some of them along."""
    changes = list(changes)
    given = [change.new for change in changes if change.new is not None]
    taken = [change.old for change in changes if change.old is not None]
    passed = [(old, new) for old in taken for new in given if _bare(old) == _bare(new)]
    lost = [old for old in taken if old not in [each for each, _ in passed]]
    closed = [new for _, new in passed if not new.grantable]
    opened = [new for new in given if new not in closed]
    there = [each for each in (*taken, *kept) if each not in given]
    fresh = [
        new for new in opened if not any(_has(old, new) for old in there)
    ]  # what a role had as part of more stays
    if opened:
        yield Step(
            key=key("grant", target.split()[0], label),
            title=f"Rights on {target}",
            phase="expand",
            rank=rank,
            statements=tuple(grant_texts(target, opened)),
            needs=frozenset({target}),
            undo=tuple(_less(target, fresh, [new for _, new in passed])),
            hazards=(
                Hazard(
                    code="GRANT_WIDENS", object=target, message=f"{', '.join(_roles(opened))} may do more"
                ),
            ),
        )
    if lost or closed:
        again = [each for each in (*kept, *given) if any(_takes(old, each) for old in lost)]
        yield Step(
            key=key("revoke", target.split()[0], label),
            title=f"Rights on {target} are taken",
            phase="contract",
            rank=5,
            statements=(
                *revoke_texts(target, lost),
                *_less(target, closed, closed),
                *dict.fromkeys(grant_texts(target, again)),
            ),
            undo=tuple(grant_texts(target, [*lost, *(old for old, new in passed if new in closed)])),
        )


def _bare(right: Right) -> Right:
    return right.model_copy(update={"grantable": False})


def _takes(old: Right, kept: Right) -> bool:
    """Whether REVOKE of `old` takes `kept` along: one on a table those on its columns, `all` any other."""
    alike = old.privilege in (kept.privilege, "all")
    return old.role == kept.role and alike and old.column is None and _bare(old) != _bare(kept)


def _has(old: Right, new: Right) -> bool:
    """Whether a right is part of `all`, which the role had."""
    return (old.role, old.privilege, old.column, new.column) == (new.role, "all", None, None)


def _less(target: str, rights: Iterable[Right], passed: list[Right]) -> Iterator[str]:
    """Yield what takes rights; of those in `passed` only that they may be passed on."""
    listed = list(rights)
    yield from revoke_texts(target, [each for each in listed if each not in passed])
    yield from revoke_texts(target, [each for each in listed if each in passed], "grant option for ")


def grant_texts(target: str, rights: Iterable[Right]) -> Iterator[str]:
    for (role, grantable), listed in _together(rights).items():
        option = " with grant option" if grantable else ""
        yield f"grant {listed} on {target} to {_role(role)}{option};"


def revoke_texts(target: str, rights: Iterable[Right], what: str = "") -> Iterator[str]:
    for (role, _), listed in _together(rights).items():
        yield f"revoke {what}{listed} on {target} from {_role(role)};"


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
