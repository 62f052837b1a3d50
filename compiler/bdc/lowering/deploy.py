"""Load and deploys, `extends` applied."""

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from bdc import ir
from bdc.ir.base import Node
from bdc.lowering.context import Context
from bdc.model.nodes.deploy import Deploy, Value

N = TypeVar("N", bound=Node)
_GROUPS: dict[str, type[Node]] = {
    "tls": ir.DeployTls,
    "gateway": ir.DeployGateway,
    "ingress": ir.DeployIngress,
    "identity": ir.DeployIdentity,
    "secrets": ir.DeploySecrets,
    "backup": ir.DeployBackup,
    "alerts": ir.DeployAlerts,
    "pooler": ir.DeployPooler,
    "valkey": ir.DeployValkey,
}


def lower_load(context: Context) -> ir.Load:
    def entries(kind: str) -> tuple[ir.LoadEntry, ...]:
        found = (entry for entry in context.model.load if entry.kind == kind and not entry.part)
        return tuple(ir.LoadEntry(name=entry.name, amount=entry.amount) for entry in found)

    parts = (
        ir.LoadPart(api=entry.name, part=cast(Any, entry.part), amount=entry.amount)
        for entry in context.model.load
        if entry.part
    )
    return ir.Load(rows=entries("rows"), rps=entries("rps"), growth=entries("growth"), parts=tuple(parts))


def lower_deploy(context: Context, deploy: Deploy) -> ir.Deploy:
    settings: dict[str, object] = {}
    database: dict[str, Value] = {}
    services: dict[str, dict[str, Value]] = {}
    for target in (target for each in _ancestry(context, deploy) for target in each.targets):
        if target.kind == "fact":
            _put(settings, target.settings)
        elif target.kind == "database":
            if database.get("engine", "postgres") != target.name:
                database = {"engine": target.name}  # what one engine was told says nothing about another
            database.update(target.settings)
        else:
            services.setdefault(target.name, {"api": target.name}).update(target.settings)
    nodes = {
        name: _made(_GROUPS[name], value) if isinstance(value, dict) else value
        for name, value in settings.items()
    }
    nodes |= {
        "name": deploy.name,
        "database": _made(ir.DatabaseDeploy, database),
        "services": tuple(_made(ir.ServiceDeploy, found) for found in services.values()),
        "origin": context.origin(deploy.span),
    }
    return _made(ir.Deploy, nodes)


def _made(kind: type[N], said: Mapping[str, Any]) -> N:
    """Return the node with these members; a whole number stands for a fraction."""
    fields = kind.model_fields
    fractions = {name for name in said if fields[name].annotation in (float, float | None)}
    return kind(**{name: float(value) if name in fractions else value for name, value in said.items()})


def _put(settings: dict[str, object], said: tuple[tuple[str, Value], ...]) -> None:
    """Write `backup.store` into the object `backup`, and what has no group beside it."""
    for name, value in said:
        group, dot, member = name.partition(".")
        if dot:
            inner = settings.setdefault(group, {})
            assert isinstance(inner, dict)
            inner[member] = value
        else:
            settings[name] = value


def _ancestry(context: Context, deploy: Deploy) -> list[Deploy]:
    """Return the deploy and those it extends, the most general first."""
    by_name = {each.name: each for each in context.model.deploys}
    chain = [deploy]
    while (parent := chain[0].extends) is not None:
        chain.insert(0, by_name[parent.text])
    return chain
