"""How far one PostgreSQL goes, and what comes after it."""

from bdc.advice.numbers import count, percent, size, time
from bdc.advice.page import Chapter, Verdict
from bdc.advice.sizing import Sizing

_DAY = 86_400
_ENOUGH = 20 * 365


def way_on(sizing: Sizing) -> Chapter:
    """The rate and the day at which the largest server is used up; pooler, replicas and shards after it."""
    assume = sizing.assume
    usable = assume.largest_cores * assume.busy
    factor = usable / sizing.database_cores if sizing.database_cores else float("inf")
    rate, disk = sizing.rate * factor, assume.largest_storage * (1 - assume.headroom)
    days = (disk - sizing.data) / sizing.daily if sizing.daily else float("inf")
    enough = factor >= 1 and days > 0
    lines = [
        f"largest server: {count(assume.largest_cores)} cores × {percent(assume.busy)} ÷ {count(sizing.database_cores)} cores at"
        f" {count(sizing.rate)}/s = {count(rate)} requests/s ({count(factor)} times the declared rate)",
        f"largest disk: ({size(disk)} to use − {size(sizing.data)}) ÷ {size(sizing.daily)} a day = {_when(days)}",
    ]
    lines += _steps(sizing, usable)
    until = f"up to {count(rate)} requests/s" + ("" if days > _ENOUGH else f", and for {_when(days)}")
    finding = (
        f"One PostgreSQL server is enough {until}."
        if enough
        else "One PostgreSQL server is not enough for what is declared."
    )
    changes = [] if enough else _changes(sizing, factor)
    numbers = {"rate": rate, "factor": factor, "days": max(0.0, min(days, 1e6))}
    verdict = Verdict.FITS if enough else Verdict.CHANGE
    return Chapter(
        "way_on", "How far one server goes", verdict, finding, tuple(lines), tuple(changes), numbers
    )


def _when(days: float) -> str:
    return "more than 20 years" if days > _ENOUGH else time(max(0.0, days) * _DAY)


def _steps(sizing: Sizing, usable: float) -> list[str]:
    reads = sizing.database_cores - sizing.write_cores
    found = [
        "1. a larger server: nothing changes but the deploy; a failover moves to it",
        "2. the pooler: is there already, and makes more replicas of the service possible, not more statements",
    ]
    if sizing.write_cores:
        writes = sizing.write_cores / sizing.database_cores
        found.append(
            f"3. replicas that read: {count(reads)} of {count(sizing.database_cores)} cores are reads; the primary is left with {percent(writes)} of the"
            f" work, which reaches to {count(sizing.rate * usable / sizing.write_cores)} requests/s"
        )
    else:
        found.append("3. replicas that read: everything declared is a read")
    found.append("4. shards (Citus), by tenant: " + _shards(sizing))
    return found


def _shards(sizing: Sizing) -> str:
    system = sizing.system
    root = next((entity for entity in system.entities if entity.tenant_root), None)
    if root is None:
        return "there is no tenant, so that no column says to which shard a row belongs; declare one early"
    lacking = [entity.name for entity in system.entities if not entity.tenant and not entity.tenant_root]
    tenants = next((each.rows for each in sizing.tables if each.table.entity == root.name), 0)
    text = f"each {root.name} on one shard"
    if tenants:
        text += f", {size(sizing.data / tenants)} of {count(tenants)} on average"
    if lacking:
        text += f"; {', '.join(lacking)} have no tenant and would be on every shard"
    return text


def _changes(sizing: Sizing, factor: float) -> list[str]:
    reads = 1 - sizing.write_cores / sizing.database_cores if sizing.database_cores else 0
    if factor < 1 and reads > 0.5:
        return [f"Read from replicas first: {percent(reads)} of the work are reads.", "Then shard by tenant."]
    return ["Shard by tenant, or archive old rows."]
