"""What runs where: environments, copies, the database."""

from collections.abc import Iterator

from bdc.changes.change import Change
from bdc.changes.sides import Sides, match
from bdc.ir import DatabaseDeploy, Deploy, ServiceDeploy

_RESOURCES = ("cpu_request", "cpu_limit", "memory_request", "memory_limit", "cpu_target", "requests_target")
_DATABASE_RESOURCES = (
    "cpu_request",
    "cpu_limit",
    "memory_request",
    "memory_limit",
    "connections",
    "durability",
    "workers",
    "shards",
)
_FACTS = (
    "namespace",
    "region",
    "registry",
    "image",
    "host",
    "tls",
    "gateway",
    "ingress",
    "identity",
    "secrets",
    "backup",
    "alerts",
    "pooler",
    "valkey",
)
_OBJECTIVES = ("availability", "latency_p95")


def deployment_changes(sides: Sides) -> Iterator[Change]:
    """Yield what differs between the declared environments, and in what runs by the clock."""
    yield from _refreshes(sides)
    found = match(sides.old.deploys, sides.new.deploys, lambda deploy: deploy.name)
    for gone in found.removed:
        message = f"the environment {gone.name} is gone"
        yield Change("deployment.environment-removed", gone.name, message)
    for added in found.added:
        message = f"the environment {added.name} is new"
        yield Change("deployment.environment-added", added.name, message, origin=added.origin)
    for was, now in found.both:
        yield from _facts(was, now)
        yield from _database(was.database, now.database, now)
        services = match(was.services, now.services, lambda service: service.api)
        for lost in services.removed:
            message = f"{lost.api} no longer runs in {now.name}"
            yield Change("deployment.service-removed", f"{now.name} {lost.api}", message, origin=now.origin)
        for fresh in services.added:
            message = f"{fresh.api} runs in {now.name}"
            yield Change("deployment.service-added", f"{now.name} {fresh.api}", message, origin=now.origin)
        for before, after in services.both:
            yield from _service(before, after, now)


def _facts(old: Deploy, new: Deploy) -> Iterator[Change]:
    for name in _FACTS:
        if getattr(old, name) != getattr(new, name):
            message = f"`{name}` of {new.name} has changed"
            yield Change("deployment.environment-changed", f"{new.name} {name}", message, origin=new.origin)


def _database(old: DatabaseDeploy, new: DatabaseDeploy, deploy: Deploy) -> Iterator[Change]:
    place = f"{deploy.name} database"
    for name in ("engine", "embedded"):
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            message = f"`{name}` of the database in {deploy.name} is {after} instead of {before}"
            yield Change("deployment.database-changed", f"{place} {name}", message, origin=deploy.origin)
    if old.version != new.version:
        message = f"PostgreSQL is {new.version} instead of {old.version} in {deploy.name}"
        remedy = "Upgrade the server in a release of its own, before or after this one."
        yield Change("deployment.database-version-changed", place, message, remedy, deploy.origin)
    if old.replicas != new.replicas:
        message = f"the database has {new.replicas} copies instead of {old.replicas} in {deploy.name}"
        yield Change("deployment.replicas-changed", place, message, origin=deploy.origin)
    if old.pool != new.pool:
        message = f"a service keeps {new.pool} connections instead of {old.pool} in {deploy.name}"
        yield Change("deployment.resources-changed", f"{place} pool", message, origin=deploy.origin)
    for name in _DATABASE_RESOURCES:
        before, after = getattr(old, name), getattr(new, name)
        if before != after:
            message = f"`{name}` of the database is {after} instead of {before} in {deploy.name}"
            yield Change("deployment.resources-changed", f"{place} {name}", message, origin=deploy.origin)
    if old.storage_bytes != new.storage_bytes:
        less = (new.storage_bytes or 0) < (old.storage_bytes or 0)
        code = "deployment.storage-lowered" if less else "deployment.storage-raised"
        remedy = "Most volumes cannot shrink: a smaller one is a new one." if less else ""
        message = f"the database has {_size(new.storage_bytes)} instead of {_size(old.storage_bytes)}"
        yield Change(code, f"{place} storage", f"{message} in {deploy.name}", remedy, deploy.origin)


def _refreshes(sides: Sides) -> Iterator[Change]:
    for old, new in match(sides.old.views, sides.new.views, lambda view: view.entity.name).both:
        if new.materialized and old.materialized and new.refresh != old.refresh:
            name, was, now = new.entity.name, _often(old.refresh), _often(new.refresh)
            message = f"{name} is worked out anew {now} instead of {was}"
            yield Change("deployment.refresh-changed", name, message, origin=new.entity.origin)


def _often(seconds: int | None) -> str:
    return "by hand" if seconds is None else f"every {seconds} seconds"


def _size(count: int | None) -> str:
    return "no declared storage" if count is None else f"{count / 2**30:g} GiB"


def _service(old: ServiceDeploy, new: ServiceDeploy, deploy: Deploy) -> Iterator[Change]:
    place = f"{deploy.name} {new.api}"
    before, after = (f"{each.replicas_min}..{each.replicas_max}" for each in (old, new))
    if before != after:
        message = f"{new.api} runs in {after} copies instead of {before} in {deploy.name}"
        yield Change("deployment.replicas-changed", place, message, origin=deploy.origin)
    for code, names in (
        ("deployment.resources-changed", _RESOURCES),
        ("deployment.objective-changed", _OBJECTIVES),
        ("deployment.environment-changed", ("rollout",)),
    ):
        for name in names:
            was, now = getattr(old, name), getattr(new, name)
            if was != now:
                message = f"{name} of {new.api} is {now} instead of {was} in {deploy.name}"
                yield Change(code, f"{place} {name}", message, origin=deploy.origin)
