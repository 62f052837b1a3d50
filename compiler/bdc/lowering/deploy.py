"""Load and deploys, `extends` applied."""

from bdc import ir
from bdc.lowering.context import Context
from bdc.model.nodes.deploy import Deploy, Value


def lower_load(context: Context) -> ir.Load:
    def entries(kind: str) -> tuple[ir.LoadEntry, ...]:
        found = (entry for entry in context.model.load if entry.kind == kind)
        return tuple(ir.LoadEntry(name=entry.name, amount=entry.amount) for entry in found)

    return ir.Load(rows=entries("rows"), rps=entries("rps"))


def lower_deploy(context: Context, deploy: Deploy) -> ir.Deploy:
    database: dict[str, Value] = {}
    services: dict[str, dict[str, Value]] = {}
    for each in _ancestry(context, deploy):
        for target in each.targets:
            place = (
                database
                if target.kind == "database"
                else services.setdefault(target.name, {"api": target.name})
            )
            place.update(target.settings)
    return ir.Deploy(
        name=deploy.name,
        database=ir.DatabaseDeploy.model_validate(database),
        services=tuple(ir.ServiceDeploy.model_validate(settings) for settings in services.values()),
        origin=context.origin(deploy.span),
    )


def _ancestry(context: Context, deploy: Deploy) -> list[Deploy]:
    """Return the deploy and those it extends, the most general first."""
    by_name = {each.name: each for each in context.model.deploys}
    chain = [deploy]
    while (parent := chain[0].extends) is not None:
        chain.insert(0, by_name[parent.text])
    return chain
