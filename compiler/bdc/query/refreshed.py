"""Materialized views that are worked out anew by the clock."""

from bdc.ddl.names import Name, qualified
from bdc.ir import SystemIR
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Refreshed:
    """`name`: of the view in the specification; `sql`: its name in SQL; `seconds`: how long it is left as it is."""

    name: str
    sql: str
    seconds: int


def refreshed_views(system: SystemIR) -> tuple[Refreshed, ...]:
    """Return the views that say `@materialized(refresh: …)`, in their order."""
    return tuple(
        Refreshed(view.entity.name, qualified(Name(view.table.name, view.table.schema_name)), view.refresh)
        for view in system.views
        if view.refresh is not None
    )
