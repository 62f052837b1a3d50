"""`@partition(range, at, by: month, keep: 90d)`: a job of the entity makes partitions ahead, and lets old ones go."""

from bdc.model.context import ResolveContext
from bdc.model.errors.jobs import UnfitJob
from bdc.model.nodes.job import Job, JobStatement

_EVERY = 600


def resolve_rotating(context: ResolveContext) -> None:
    """Add a job for each entity whose partitions are made at run time. It is called `Rotate<Entity>`."""
    for entity in context.entities.values():
        parts = entity.partitioning
        if parts is None or parts.by is None:
            continue
        name = f"Rotate{entity.name}"
        if any(job.name == name for job in context.jobs):
            what = f"partitions of `{entity.name}` are made by a job `{name}`, and one is declared"
            context.report(UnfitJob(what, "", "give the declared job another name", parts.span))
            continue
        statement = JobStatement("rotate", entity.name, None, (), parts.span, parts.span)
        goes = ", and old ones go" if parts.keep is not None else ""
        doc = f"Partitions of {entity.name} are made ahead{goes}."
        context.jobs.append(Job(name=name, span=parts.span, doc=doc, every=_EVERY, statements=(statement,)))
