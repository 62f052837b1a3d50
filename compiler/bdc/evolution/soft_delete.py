"""Rows that were deleted only by a mark, where the mark means nothing any more: they would appear again."""

from collections.abc import Iterator

from bdc.diagnostics.catalogue.plan import DELETED_ROWS_REAPPEAR
from bdc.ir import SystemIR
from bdc.plan import Refusal
from bdc.plan.worded import refusal


def reappearing(before: SystemIR, after: SystemIR) -> Iterator[Refusal]:
    """Yield a refusal for every entity that deletes its rows for good from now on and does not say what becomes of those it has only marked."""
    marked = {entity.table: entity.soft_delete for entity in before.entities if entity.soft_delete}
    for entity in after.entities:
        names = (entity.table, *after.table(entity.table).was)
        field = next((marked[name] for name in names if name in marked), None)
        if field is not None and entity.soft_delete is None and not entity.restore_deleted:
            yield refusal(DELETED_ROWS_REAPPEAR, entity.table, entity=entity.name)
