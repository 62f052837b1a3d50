"""Migrations as squawk is asked about them: those that were planned operation by operation, others file by file."""

from pathlib import Path

from bdc.evolution.history import HistoryError, WrittenMigration, read_branches
from bdc.verification import squawk


def whole_files(out: Path) -> list[str]:
    """Return the scripts that change a database in use and were not planned: the first one, and those that people wrote."""
    planned = {migration.folder for migration in _planned(out)}
    scripts = sorted((out / "database/migrations").glob("*/*_expand.sql"))
    return [str(path) for path in scripts if path.parent not in planned]


def findings(program: str, out: Path) -> list[str]:
    """Return what squawk finds in planned migrations. It sees one operation at a time, so that what it says about clients and locks is held
    against the phase and the hazards that the plan declares."""
    planned = _planned(out)
    plans = [migration.edge.operations for migration in planned if migration.edge is not None]
    found = squawk.findings_of_all(program, plans)
    return [f"{one.name}/{line}" for one, lines in zip(planned, found, strict=True) for line in lines]


def _planned(out: Path) -> list[WrittenMigration]:
    """Those that cannot be read have no plan: their files are looked at."""
    try:
        return [migration for migration in read_branches(out) if migration.edge is not None]
    except HistoryError:
        return []
