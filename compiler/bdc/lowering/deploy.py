"""Load and deploys, `extends` applied."""

from bdc import ir
from bdc.lowering.context import Context
from bdc.model.nodes.deploy import Deploy, Value


def lower_load(context: Context) -> ir.Load:
    def entries(kind: str) -> tuple[ir.LoadEntry, ...]:
        found = (entry for entry in context.model.load if entry.kind == kind and not entry.part)
        return tuple(ir.LoadEntry(name=entry.name, amount=entry.amount) for entry in found)

    parts = (
        ir.LoadPart.model_validate({"api": entry.name, "part": entry.part, "amount": entry.amount})
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
            database.update(target.settings)
        else:
            services.setdefault(target.name, {"api": target.name}).update(target.settings)
    return ir.Deploy.model_validate(
        {
            **settings,
            "name": deploy.name,
            "database": ir.DatabaseDeploy.model_validate(database),
            "services": tuple(ir.ServiceDeploy.model_validate(found) for found in services.values()),
            "origin": context.origin(deploy.span),
        }
    )


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
