"""Numbers that a specification does not declare. Each has a meaning, and each can be replaced (`--assume name=value`)."""

from dataclasses import field, fields

from bdc.source.records import dataclass


def _number(value: float, meaning: str) -> float:
    found: float = field(default=value, metadata={"meaning": meaning})
    return found


@dataclass(frozen=True, slots=True)
class Assumptions:
    """Times are CPU microseconds per request of the service and of PostgreSQL, measured by `make bench` on a machine of two cores:
    a row by key, a list of 20 rows with nested rows, a create with two nested rows, and GraphQL for half of each read."""

    get_service: float = _number(141, "CPU µs of the service for a row by key (measured)")
    get_database: float = _number(120, "CPU µs of PostgreSQL for a row by key (measured)")
    list_service: float = _number(511, "CPU µs of the service for a list of 20 nested rows (measured)")
    list_database: float = _number(1525, "CPU µs of PostgreSQL for a list of 20 nested rows (measured)")
    write_service: float = _number(337, "CPU µs of the service for a write (measured)")
    write_database: float = _number(650, "CPU µs of PostgreSQL for a write (measured)")
    graphql_service: float = _number(277, "CPU µs of the service for a GraphQL query (measured)")
    graphql_database: float = _number(510, "CPU µs of PostgreSQL for a GraphQL query (measured)")
    lists: float = _number(0.5, "share of the reads that are lists")
    network: float = _number(1000, "µs that a statement travels between service and database")
    busy: float = _number(0.6, "share of a server's cores that may be busy at the declared rate")
    headroom: float = _number(
        0.3, "share of a disk that is kept free for bloat, sorting and the write-ahead log"
    )
    bloat: float = _number(1.2, "size of a table in use, against one just written")
    hot: float = _number(0.1, "share of the rows and of their index entries that are in daily use")
    age: float = _number(730, "days in which today's rows came, where `rows_per_day` is not declared")
    backfill: float = _number(
        100_000, "rows per second that a backfill writes (measured: 113,000 to 134,000)"
    )
    restore: float = _number(200 * 1024**2, "bytes per second that a restore reads from the object store")
    failover: float = _number(30, "seconds until a replica has taken over")
    largest_cores: float = _number(64, "cores of the largest server that you would rent")
    largest_storage: float = _number(16 * 1024**4, "bytes of the largest disk that you would rent")
    large_table: float = _number(100 * 1024**3, "bytes from which on a table is easier to run in partitions")
    partition: float = _number(20 * 1024**3, "bytes that one partition should hold at most")

    def named(self) -> tuple[tuple[str, float, str], ...]:
        """Return (name, value, meaning) of each."""
        return tuple((each.name, getattr(self, each.name), each.metadata["meaning"]) for each in fields(self))


@dataclass(frozen=True, slots=True)
class Prices:
    """What a month costs, in one currency of the user's. None: not given."""

    core: float | None = field(default=None, metadata={"meaning": "one core for a month"})
    memory: float | None = field(default=None, metadata={"meaning": "one GiB of memory for a month"})
    storage: float | None = field(default=None, metadata={"meaning": "one GiB of disk for a month"})
    backup: float | None = field(
        default=None, metadata={"meaning": "one GiB in the object store for a month"}
    )
