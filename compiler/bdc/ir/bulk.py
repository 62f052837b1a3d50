"""Which operations of a resource take many rows, and what they are called among the functions."""

from bdc.ir.api import Resource
from bdc.ir.entity import Entity

SUFFIX = ":many"  # no operation has a colon in its name


def bulk_operations(resource: Resource, entity: Entity) -> tuple[str, ...]:
    """Return them: create, update, upsert, delete, as far as the resource has the operations of one row. Rows are put where a caller gives
    their keys."""
    if not resource.bulk:
        return ()
    found: list[str] = [name for name in ("create", "update", "delete") if name in resource.operations]
    given = {member.field for member in resource.create.members} if resource.create is not None else set()
    keys = {resource.by} if resource.by is not None else set(entity.key)
    if "create" in found and "update" in found and keys <= given:
        found.insert(2, "upsert")
    return tuple(found)


def many(operation: str) -> str:
    """Return what the operation on many rows is called among the compiled functions."""
    return f"{operation}{SUFFIX}"
