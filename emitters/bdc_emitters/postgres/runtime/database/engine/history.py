"""Where a database stands in the history, and what is to be done next. Pure: rows of the ledger and files in, steps out."""

from collections.abc import Iterator
from dataclasses import dataclass

from database.engine.edge import PHASES, Operation
from database.engine.errors import MigrationError
from database.engine.ledger import Ledger
from database.engine.migrations_folder import Migration, MigrationFile

# How far a run goes: `up` leaves the last contract for later, `contract` does it, `all` does everything at once.
EXTENTS = ("up", "contract", "all")


@dataclass(frozen=True, slots=True)
class Step:
    """A file of the first form, or a phase of an edge."""

    migration: Migration
    phase: str
    file: MigrationFile | None = None

    @property
    def operations(self) -> tuple[Operation, ...]:
        return self.migration.edge.phase(self.phase) if self.migration.edge else ()


def refuse_misfit(migrations: tuple[Migration, ...], ledger: Ledger) -> None:
    """MigrationError when the database is not at a state of this history: edited, unknown, ahead or beside."""
    ledger.refuse_edited(migrations)
    names = {migration.name for migration in migrations}
    strange = sorted(ledger.migrations - names)
    if strange:
        pending = [
            found.name for found in unapplied(migrations, ledger) if found.name not in ledger.migrations
        ]
        raise MigrationError(_strange(strange, pending))
    first = migrations[0].source if migrations else None
    if first is not None and not ledger.migrations and ledger.taken_over_at is None:
        raise MigrationError(
            f"{migrations[0].name} starts from the state {first[:12]}, and the state of this database is unknown:"
            f" if it is at that state, run `baseline {first[:12]}`"
        )


def _strange(strange: list[str], pending: list[str]) -> str:
    applied = f"{', '.join(strange)} was applied to this database and is missing here"
    if pending:
        return (
            f"{applied}, while {', '.join(pending)} is not applied: the database is beside this history."
            " Bring both branches together and plan again (`bdc migrate merge`)"
        )
    return f"{applied}: the database is ahead of this history. Deploy the release that has it, or take it down from there"


def unapplied(migrations: tuple[Migration, ...], ledger: Ledger) -> tuple[Migration, ...]:
    """Return what is not applied whole, in order; what lies before the state that the database was taken over at is."""
    found = []
    for migration in reversed(migrations):
        if migration.target == ledger.taken_over_at:
            break
        if not all(ledger.has_entry(migration.name, file) for file in migration.entries):
            found.append(migration)
    return tuple(reversed(found))


def steps(migrations: tuple[Migration, ...], ledger: Ledger, extent: str) -> tuple[Step, ...]:
    """Return what a run does, in order. MigrationError when it would take away what the code that runs now still needs."""
    pending = unapplied(migrations, ledger)
    found: list[Step] = []
    for migration in pending:
        waiting = tuple(_waiting(migration, ledger))
        found.extend(step for step in waiting if step.phase != "contract")
        contract = [step for step in waiting if step.phase == "contract"]
        if contract and _comes_now(contract[0], ledger, extent, migration is pending[-1]):
            found.extend(contract)
    return tuple(found)


def _waiting(migration: Migration, ledger: Ledger) -> Iterator[Step]:
    if migration.edge is None:
        files = (file for file in migration.files if not ledger.has(file))
        yield from (Step(migration, "expand", file) for file in files)
        return
    for phase, file in PHASES.items():
        if not ledger.has_entry(migration.name, file):
            yield Step(migration, phase)


def _comes_now(step: Step, ledger: Ledger, extent: str, last: bool) -> bool:
    """Whether a contract is done in this run. It takes away what older code uses: on a new database there is none, and where the
    phases before it were done by an earlier run, that code is gone when the next migration (or `--contract`) comes."""
    fresh = not ledger.migrations and ledger.taken_over_at is None
    harmless = not step.operations or extent == "all" or fresh
    earlier = ledger.has_entry(step.migration.name, PHASES["backfill"])
    if harmless or (earlier and (not last or extent == "contract")):
        return True
    if last and extent == "up":
        return False
    raise MigrationError(
        f"{step.migration.name} removes what the previous code needs, and it is not expanded yet:"
        " deploy its release first and contract when only that release runs, or give --all when no application runs"
    )
