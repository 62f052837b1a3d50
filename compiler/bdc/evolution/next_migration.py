"""The next migration: from the state that the last one reached to the state that a specification asks for."""

from dataclasses import replace
from functools import cached_property

from bdc.catalog import Database, state_hash
from bdc.changes.behaviour.turns import turns
from bdc.changes.policy.narrowed import narrowed
from bdc.evolution.hints import hints_of
from bdc.evolution.labels import with_former_labels
from bdc.evolution.places import with_places
from bdc.evolution.soft_delete import reappearing
from bdc.evolution.swapped import swapped
from bdc.evolution.value_words import value_words
from bdc.ir import SystemIR
from bdc.ir.compiled import CompiledQueries
from bdc.ir.snapshot import dump_snapshot
from bdc.output import GeneratedFile, Ownership
from bdc.plan import Hints, Planned, edge_of, migration_files, plan
from bdc.schema.evolution import evolution
from bdc.schema.names import roles_of
from bdc.schema.shapes import with_shapes
from bdc.schema.state import physical_state
from bdc.source.records import dataclass

SEARCH_PATH = "public, pg_temp"


@dataclass(frozen=True)
class Step:
    """`old` and `new` as databases, and the way between them (or why there is none)."""

    system: SystemIR
    old: Database
    new: Database
    planned: Planned

    @cached_property
    def is_needed(self) -> bool:
        return state_hash(self.old) != state_hash(self.new)

    def files(self, folder: str) -> tuple[GeneratedFile, ...]:
        """Return the migration as files in `folder` (a path in the output folder). ValueError when the plan is a refusal."""
        edge = edge_of(
            self.old, self.new, self.planned, role=roles_of(self.system).owner, search_path=SEARCH_PATH
        )
        made = migration_files(edge, self.new, dump_snapshot(self.system) + "\n")
        return tuple(
            GeneratedFile.of(f"{folder}/{name}", content, Ownership.MIGRATION)
            for name, content in sorted(made.items())
        )


def advance(
    old: Database, system: SystemIR, queries: CompiledQueries, before: SystemIR | None = None
) -> Step:
    """Plan from `old` to what `system` asks for. Pure. `before`: the specification that `old` was made from."""
    new = physical_state(system, queries)
    hints = hints_between(old, new, before, system)
    if before is None:
        return Step(system, old, new, with_places(system, plan(old, new, hints)))
    shaped = with_shapes(old, before, free_json=True), with_shapes(new, system, free_json=True)
    return Step(system, old, new, with_places(system, plan(*shaped, hints)))


def hints_between(old: Database, new: Database, before: SystemIR | None, after: SystemIR) -> Hints:
    """Return what both specifications say about the way from `old` to `new`; `before` is None where nothing but the database is known."""
    if before is None:
        return hints_of(evolution(after), old, new)
    told = with_former_labels(before, after)
    late, early = turns(before, after)
    return replace(
        hints_of(evolution(told), old, new, evolution(before)),
        late=late,
        early=early,
        narrowed=narrowed(before, after),
        values=tuple(value_words(told)),
        refusals=(*reappearing(before, after), *swapped(before, after)),
    )
