"""What a month costs, with the prices of the user."""

from dataclasses import fields

from bdc.advice.assumptions import Prices
from bdc.advice.numbers import count, size
from bdc.advice.page import Chapter, Verdict
from bdc.advice.sizing import Sizing
from bdc.ir.sizes import (
    GIBIBYTE,
    database_cpu,
    database_memory,
    database_storage,
    service_cpu,
    service_memory,
)


def cost(sizing: Sizing, prices: Prices) -> Chapter:
    """Cores, memory, disk and object store of the deploy, priced."""
    database = sizing.deploy.database
    machines = database.workers + 1 if database.engine == "citus" else database.replicas
    least, most = _service(sizing, False), _service(sizing, True)
    servers = (
        machines * database_cpu(database)[0],
        machines * database_memory(database) / GIBIBYTE,
    )
    disk = machines * database_storage(database) / GIBIBYTE
    kept = sizing.data / GIBIBYTE if sizing.deploy.backup else 0.0
    lines = [
        f"service: {count(least[0])} to {count(most[0])} cores, {count(least[1])} to {count(most[1])} GiB of memory",
        f"database: {machines} × {count(database_cpu(database)[0])} cores = {count(servers[0])}, memory {count(servers[1])} GiB,"
        f" disk {machines} × {size(database_storage(database))} = {count(disk)} GiB",
    ]
    if kept:
        lines.append(
            f"object store: {count(kept)} GiB for each base backup that is kept, and the write-ahead log"
        )
    numbers = {
        "cores": servers[0] + least[0],
        "memory": servers[1] + least[1],
        "storage": disk,
        "backup": kept,
    }
    wanted = [each.name for each in fields(prices) if getattr(prices, each.name) is None]
    if len(wanted) == len(fields(prices)):
        finding = "No prices are given: only quantities are shown."
        return Chapter("cost", "Cost", Verdict.NOTE, finding, tuple(lines), (_HOW,), numbers)
    low = _priced(prices, least, servers, disk, kept)
    high = _priced(prices, most, servers, disk, kept)
    lines += _sums(prices, least, servers, disk, kept)
    finding = (
        f"{count(low)} a month with the fewest replicas, {count(high)} with the most; traffic is not counted."
    )
    if wanted:
        finding += f" Without a price, and not counted: {', '.join(wanted)}."
    return Chapter(
        "cost", "Cost", Verdict.NOTE, finding, tuple(lines), (), {**numbers, "least": low, "most": high}
    )


_HOW = (
    "Give your prices of a month: `--price core=20 --price memory=3 --price storage=0.1 --price backup=0.02`."
)


def _service(sizing: Sizing, most: bool) -> tuple[float, float]:
    counts = [(each.replicas_max if most else each.replicas_min, each) for each in sizing.services]
    return (
        sum(number * service_cpu(each)[0] for number, each in counts),
        sum(number * service_memory(each) for number, each in counts) / GIBIBYTE,
    )


def _priced(
    prices: Prices, service: tuple[float, float], servers: tuple[float, float], disk: float, kept: float
) -> float:
    amounts = (service[0] + servers[0], service[1] + servers[1], disk, kept)
    each = (prices.core, prices.memory, prices.storage, prices.backup)
    return sum(amount * (price or 0.0) for amount, price in zip(amounts, each, strict=True))


def _sums(
    prices: Prices, service: tuple[float, float], servers: tuple[float, float], disk: float, kept: float
) -> list[str]:
    rows = (
        ("cores", service[0] + servers[0], prices.core),
        ("GiB of memory", service[1] + servers[1], prices.memory),
        ("GiB of disk", disk, prices.storage),
        ("GiB of backups", kept, prices.backup),
    )
    return [
        f"{count(amount)} {name} × {count(price)} = {count(amount * price)}"
        for name, amount, price in rows
        if price is not None and amount
    ]
