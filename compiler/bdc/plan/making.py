"""Small makers that many operations share: the keys of steps, ALTER TABLE, hazards."""

from collections.abc import Iterable

from bdc.ddl.names import Name, fitted, full
from bdc.plan.hints import spelled
from bdc.plan.operation import Hazard


def key(verb: str, *parts: Name | str) -> str:
    """Return the stable key of a step: `add-column-customer-nick`."""
    words = [spelled(part) if isinstance(part, Name) else part for part in parts]
    return "-".join([verb, *words]).replace(" ", "-")


def alter(table: Name, action: str) -> str:
    return f"alter table {full(table)} {action};"


def passing(name: str, purpose: str = "next") -> str:
    """Return the name that something has until the contract gives it its own."""
    return fitted(f"{name}__{purpose}")


def blocks(target: str, why: str) -> Hazard:
    return Hazard(code="BLOCKS", object=target, message=why)


def member(table: Name, name: str) -> str:
    return f"{spelled(table)}.{name}"


def key_on(table: Name, columns: Iterable[str]) -> str:
    """Return what a unique key makes and a reference to it needs."""
    return f"key {full(table)} ({', '.join(sorted(columns))})"


def constraint(table: Name, name: str) -> str:
    return f"constraint {full(table)} {name}"
