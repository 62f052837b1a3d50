"""What every chapter computes with: the deploy, the requests, and the tables with their sizes."""

from math import ceil

from bdc.advice.assumptions import Assumptions
from bdc.advice.widths import PAGE, index_bytes, row_bytes
from bdc.ir import Api, Deploy, ServiceDeploy, SystemIR, Table
from bdc.source.records import dataclass
from bdc.surface.mix import Mix


@dataclass(frozen=True, slots=True)
class TableSize:
    """Of one table: rows, bytes of a row and of its index entries, and new rows per day."""

    table: Table
    rows: int
    row: int
    index: int
    daily: float
    growth_declared: bool

    @property
    def bytes(self) -> int:
        """Return the size of table and indexes, just written."""
        pages = ceil(self.rows / max(1, PAGE // self.row)) if self.row < PAGE else self.rows
        return pages * 8192 + self.rows * self.index

    @property
    def daily_bytes(self) -> float:
        """Return how much it grows each day."""
        return self.daily * (self.row + self.index)


@dataclass(frozen=True, slots=True)
class Sizing:
    """`mixes`: the requests of each api; `services`: what the deploy gives each."""

    system: SystemIR
    deploy: Deploy
    assume: Assumptions
    mixes: tuple[tuple[Api, Mix], ...]
    services: tuple[ServiceDeploy, ...]
    tables: tuple[TableSize, ...]

    @property
    def largest(self) -> str:
        """Return the entity with the most declared rows; where none are declared, the last of the system."""
        if self.tables:
            return max(self.tables, key=lambda each: each.rows).table.entity
        return self.system.entities[-1].name if self.system.entities else "ENTITY"

    @property
    def ask_for_rows(self) -> str:
        """Return what to write where no rows are declared."""
        return f"Declare the rows of the large entities: `load {{ {self.largest}: 1_000_000 rows }}`."

    @property
    def rows(self) -> int:
        """Return all declared rows."""
        return sum(each.rows for each in self.tables)

    @property
    def data(self) -> float:
        """Return the bytes of all tables in use."""
        return sum(each.bytes for each in self.tables) * self.assume.bloat

    @property
    def daily(self) -> float:
        """Return how many bytes come each day."""
        return sum(each.daily_bytes for each in self.tables) * self.assume.bloat

    @property
    def rate(self) -> float:
        """Return all requests per second."""
        return sum(mix.total for _, mix in self.mixes)

    def cores(self, mix: Mix) -> tuple[float, float]:
        """Return how many cores the requests keep busy: of the service, of PostgreSQL."""
        parts = self.costs(mix)
        return (
            sum(rate * service for _, rate, service, _ in parts) / 1e6,
            sum(rate * database for _, rate, _, database in parts) / 1e6,
        )

    @property
    def database_cores(self) -> float:
        """Return how many cores all requests keep busy in PostgreSQL."""
        return sum(self.cores(mix)[1] for _, mix in self.mixes)

    @property
    def write_cores(self) -> float:
        """Return the part of them that only the primary can do."""
        return sum((mix.writes + mix.operations) * self.assume.write_database / 1e6 for _, mix in self.mixes)

    def costs(self, mix: Mix) -> list[tuple[str, float, float, float]]:
        """Return (kind, rate, µs of the service, µs of PostgreSQL) for each kind of request that there is."""
        assume = self.assume
        found = [
            ("lists", mix.reads * assume.lists, assume.list_service, assume.list_database),
            ("rows by key", mix.reads * (1 - assume.lists), assume.get_service, assume.get_database),
            ("writes", mix.writes, assume.write_service, assume.write_database),
            ("operations", mix.operations, assume.write_service, assume.write_database),
            ("GraphQL", mix.graphql, assume.graphql_service, assume.graphql_database),
        ]
        return [each for each in found if each[1]]


def sizes(system: SystemIR, assume: Assumptions) -> tuple[TableSize, ...]:
    """Return the sizes of the tables with a declared number of rows, the largest first."""
    rows = {entry.name: entry.amount for entry in system.load.rows}
    growth = {entry.name: entry.amount for entry in system.load.growth}
    found = [
        TableSize(
            table,
            rows[table.entity],
            row_bytes(system, table),
            index_bytes(system, table),
            float(growth.get(table.entity, rows[table.entity] / assume.age)),
            table.entity in growth,
        )
        for table in system.tables
        if table.entity in rows
    ]
    return tuple(sorted(found, key=lambda each: (-each.bytes, each.table.name)))
