"""What a rule of the review is, and what it looks at."""

from collections.abc import Callable, Iterable, Iterator
from functools import cached_property
from typing import Literal

from bdc.ir import (
    Api,
    Deploy,
    Entity,
    EntityField,
    Hook,
    Operation,
    Origin,
    Resource,
    Scalar,
    ScalarType,
    ServiceDeploy,
    SystemIR,
)
from bdc.policy.matrix import Matrix, matrix_of
from bdc.source.records import dataclass
from bdc.surface.names import hooks

Panel = Literal["architecture", "security", "database", "performance", "operations"]
PANELS: tuple[Panel, ...] = ("architecture", "security", "database", "performance", "operations")


@dataclass(frozen=True, slots=True)
class Hit:
    """One finding of a rule: what it is about, and where that is written (None: the system as a whole)."""

    subject: str
    origin: Origin | None = None


class Subject:
    """The system, with what several rules ask of it."""

    def __init__(self, system: SystemIR) -> None:
        self.system = system

    @cached_property
    def rows(self) -> dict[str, int]:
        return {entry.name: entry.amount for entry in self.system.load.rows}

    @cached_property
    def matrix(self) -> Matrix:
        return matrix_of(self.system)

    @property
    def entities(self) -> tuple[Entity, ...]:
        return self.system.entities

    def fields(self) -> Iterator[tuple[Entity, EntityField]]:
        for entity in self.system.entities:
            for field in entity.fields:
                yield entity, field

    def resources(self) -> Iterator[tuple[Api, Resource]]:
        for api in self.system.apis:
            for resource in api.resources:
                yield api, resource

    def operations(self) -> Iterator[tuple[str, Operation]]:
        for api in self.system.apis:
            for operation in api.operations:
                yield operation.name, operation
            for resource in api.resources:
                for operation in resource.custom:
                    yield f"{resource.entity}.{operation.name}", operation

    def acting(self) -> Iterator[tuple[str, Operation | Hook]]:
        """Yield the operations, and the hooks of generated ones."""
        yield from self.operations()
        yield from ((f"{entity}.{hook.action}", hook) for entity, hook in hooks(self.system))

    def deployments(self) -> Iterator[Deploy]:
        """Yield the environments that are not of one machine."""
        return (deploy for deploy in self.system.deploys if not deploy.database.embedded)

    def services(self) -> Iterator[tuple[Deploy, ServiceDeploy]]:
        for deploy in self.deployments():
            for service in deploy.services:
                yield deploy, service

    def big(self, entity: str, least: int = 100_000) -> bool:
        return self.rows.get(entity, 0) >= least


@dataclass(frozen=True, slots=True)
class Rule:
    """`weight` 1 to 3: what a finding takes from the score, tenfold. `wrong`: replacements that make the example specification break this rule
    alone; tests compile them."""

    code: str
    title: str
    why: str
    fix: str
    weight: int
    check: Callable[[Subject], Iterable[Hit]]
    wrong: tuple[tuple[str, str], ...]

    @property
    def panel(self) -> Panel:
        return next(panel for panel in PANELS if panel[0].upper() == self.code[0])

    def page(self) -> str:
        """Return what `bdc explain` shows."""
        changed = "\n".join(f"-{old.strip()}\n+{new.strip()}" for old, new in self.wrong)
        return (
            f"# {self.code}: {self.title}\n\nPanel: {self.panel}.\n\n{self.why}\n\n## What to write\n\n{self.fix}\n\n"
            f"## Example\n\nThis change of the example brings the finding:\n\n```diff\n{changed}\n```\n\n"
            f'Accept it with a comment on its line or the line before: `// allow({self.code}, "reason")`.\n'
        )


def scalar(field: object) -> Scalar | None:
    """Return the scalar of a field; None for everything else."""
    logical = getattr(field, "type", None)
    return logical.scalar if isinstance(logical, ScalarType) else None
