"""Connections, memory and the time of a migration: what the settings of the server have to carry."""

from math import ceil

from bdc.advice.numbers import count, percent, plural, size, step, time
from bdc.advice.page import Chapter, Verdict
from bdc.advice.processor import CORES
from bdc.advice.sizing import Sizing
from bdc.ir.sizes import (
    GIBIBYTE,
    RESERVED_CONNECTIONS,
    ROLLOUT_SURGE,
    database_cpu,
    database_memory,
    pooled_clients,
    poolers,
    server_connections,
)

MEMORY = tuple(float(GIBIBYTE << step) for step in range(11))
# Beyond four per core, connections of one server take turns.
PER_CORE = 4
SESSION = 10 * 1024**2


def connections(sizing: Sizing) -> Chapter:
    """Pools × replicas against `max_connections`, and how many a statement really needs."""
    deploy, assume = sizing.deploy, sizing.assume
    database = deploy.database
    clients = sum(pooled_clients(deploy, service) for service in sizing.services)
    servers = poolers(deploy) * server_connections(deploy)
    held = (
        sum(
            rate * (cost + assume.network)
            for _, mix in sizing.mixes
            for _, rate, _, cost in sizing.costs(mix)
        )
        / 1e6
    )
    lines = [
        f"{service.api}: {service.replicas_max} replicas × {ROLLOUT_SURGE} in a rollout × ({database.pool} + 1) ="
        f" {count(pooled_clients(deploy, service))} connections to the pooler"
        for service in sizing.services
    ]
    lines += [
        f"{plural(poolers(deploy), 'pooler')} × {server_connections(deploy)} = {servers} connections to the server, of"
        f" {database.connections}; {RESERVED_CONNECTIONS} are kept for migrations, replication and people",
        f"{count(sizing.rate)} requests/s × (CPU + {count(assume.network)} µs of network) = {count(held)} connections in use on average",
    ]
    changes = _connection_changes(sizing, held, servers)
    direct = (
        "Without the pooler they would be more than the server takes."
        if clients > database.connections
        else ("The server would take them without a pooler too.")
    )
    finding = (
        f"The replicas may open {count(clients)} connections; the pooler makes {servers} of them. {direct}"
        f" On average {count(held)} are in use."
    )
    verdict = Verdict.CHANGE if changes else Verdict.FITS
    numbers = {
        "clients": clients,
        "servers": servers,
        "in_use": held,
        "max_connections": database.connections,
    }
    return Chapter("connections", "Connections", verdict, finding, tuple(lines), tuple(changes), numbers)


def _connection_changes(sizing: Sizing, held: float, servers: int) -> list[str]:
    database, found = sizing.deploy.database, []
    if 3 * held > servers:
        wanted = ceil(3 * held) * 1 + RESERVED_CONNECTIONS
        found.append(f"Leave room for three times the average: `connections: {wanted}`.")
    smallest = sum(service.replicas_min for service in sizing.services)
    wanted = max(2, ceil(3 * held / max(1, smallest)))
    if database.pool < wanted:
        found.append(f"The pool of a replica is too small while only {smallest} run: `pool: {wanted}`.")
    return found


def memory(sizing: Sizing) -> Chapter:
    """Whether what is in daily use fits into the memory of the server."""
    database, assume = sizing.deploy.database, sizing.assume
    now = database_memory(database)
    hot = sizing.data * assume.hot
    sessions = database.connections * SESSION
    needed = max(float(GIBIBYTE), (hot + sessions) / 0.75)
    lines = (
        f"{size(sizing.data)} of tables and indexes × {percent(assume.hot)} in daily use = {size(hot)}",
        f"{database.connections} connections × {size(SESSION)} = {size(sessions)}",
        f"({size(hot)} + {size(sessions)}) ÷ 75 % = {size(needed)}; written are {size(now)}, of which a quarter are shared buffers",
    )
    changes = []
    if needed > now and not database.embedded:
        wanted = step(needed, *MEMORY)
        changes.append(f"Give the database more memory: `memory: {wanted / GIBIBYTE:.0f}Gi`.")
    finding = f"Rows and index entries in daily use take {size(hot)}; with the connections the server wants {size(needed)}."
    verdict = Verdict.CHANGE if changes else Verdict.FITS
    numbers = {"hot": hot, "needed": needed, "memory": float(now)}
    return Chapter("memory", "Memory of the database", verdict, finding, lines, tuple(changes), numbers)


def migration(sizing: Sizing) -> Chapter:
    """How long a release takes that fills a column of the largest table, or of all."""
    rate = sizing.assume.backfill
    if not sizing.tables:
        return Chapter(
            "migration", "Migrations", Verdict.ASK, "No rows are declared.", (), (sizing.ask_for_rows,)
        )
    largest = max(sizing.tables, key=lambda each: each.rows)
    longest, all_rows = largest.rows / rate, sizing.rows / rate
    lines = (
        f"{largest.table.entity}: {count(largest.rows)} rows ÷ {count(rate)} rows/s = {time(longest)}",
        f"all: {count(sizing.rows)} rows ÷ {count(rate)} rows/s = {time(all_rows)}",
    )
    finding = (
        f"A release that backfills {largest.table.entity} migrates for {time(longest)}, one that backfills every table for"
        f" {time(all_rows)}. The old version serves meanwhile, and the longest lock is a moment."
    )
    numbers = {"largest": longest, "all": all_rows}
    return Chapter("migration", "Migrations", Verdict.NOTE, finding, lines, (), numbers)


def largest_cores(sizing: Sizing) -> float:
    """Return the cores of the server that the declared rate needs."""
    limit = database_cpu(sizing.deploy.database)[1]
    return max(limit, step(sizing.database_cores / sizing.assume.busy, *CORES))
