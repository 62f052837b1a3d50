"""What a table is made of exists in every version of PostgreSQL that a deploy declares."""

from collections.abc import Iterator

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.relations import TOO_NEW
from bdc.model import Model
from bdc.model.nodes.deploy import Target
from bdc.model.nodes.entity import ComputedField
from bdc.source import Span
from bdc.source.records import dataclass

VIRTUAL_SINCE = 18


@dataclass(frozen=True, slots=True)
class TooNew(Fact):
    DIAGNOSTIC = TOO_NEW

    field: str
    version: int
    span: Span
    declared: Span

    @property
    def since(self) -> int:
        return VIRTUAL_SINCE


def too_new(model: Model) -> Iterator[Fact]:
    """Report every virtual column of a system that a deploy puts on an older version."""
    declared = [
        (version, target) for target in _databases(model) if (version := _version(target)) is not None
    ]
    version, target = min(declared, key=lambda found: found[0], default=(VIRTUAL_SINCE, None))
    if target is None or version >= VIRTUAL_SINCE:
        return
    for entity in model.entities.values():
        for field in entity.fields:
            if isinstance(field, ComputedField) and field.kept == "virtual":
                yield TooNew(f"{entity.name}.{field.name}", version, field.span, target.span)


def _databases(model: Model) -> Iterator[Target]:
    for deploy in model.deploys:
        yield from (target for target in deploy.targets if target.kind == "database")


def _version(target: Target) -> int | None:
    found = dict(target.settings).get("version")
    return found if isinstance(found, int) else None
