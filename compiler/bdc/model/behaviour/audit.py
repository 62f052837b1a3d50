"""The sealed audit trail: how often, and how long rows are kept. Two jobs do it."""

from bdc.model.apis.readers import Readers, duration, read_settings
from bdc.model.context import ResolveContext
from bdc.model.errors.jobs import UnfitJob
from bdc.model.errors.policies import TwoOf
from bdc.model.jobs.schedules import spoken
from bdc.model.nodes.job import Job, JobStatement
from bdc.model.nodes.webhooks import Audit
from bdc.source import Span
from bdc.syntax import ast

SEAL, PRUNE = "SealAudit", "PruneAudit"
_SEALED_EVERY, _PRUNED_EVERY = 60, 3600
_LONGEST = 86_400


def resolve_audit(context: ResolveContext) -> None:
    """Resolve the one declaration that a system may have, and add its jobs."""
    for declared in context.declarations():
        if not isinstance(declared, ast.AuditDecl):
            continue
        if context.audit is not None:
            context.report(TwoOf("`audit` of the system", declared.span, context.audit.span))
            continue
        if not any(entity.audited for entity in context.entities.values()):
            help_ = "write `@audited` at an entity, or remove `audit`"
            context.report(
                UnfitJob("no entity is audited: there is nothing to seal", "", help_, declared.span)
            )
        context.audit = _audit(context, declared)
        _add_jobs(context, context.audit)


def _audit(context: ResolveContext, declared: ast.AuditDecl) -> Audit:
    entries = tuple(each for each in declared.items if isinstance(each, ast.Entry))
    settings = dict(read_settings(context, entries, _READERS, "`audit`"))
    keep = settings.get("keep")
    return Audit(
        declared.span,
        int(settings.get("seal", _SEALED_EVERY)),  # type: ignore[arg-type]
        int(keep) if isinstance(keep, int | float) else None,
    )


def _add_jobs(context: ResolveContext, audit: Audit) -> None:
    _add(context, SEAL, "seal", audit.seal, "New rows of the audit trail are sealed.", audit.span)
    if audit.keep is not None:
        doc = f"Sealed rows of the audit trail are deleted after {spoken(audit.keep)}."
        _add(context, PRUNE, "prune", _PRUNED_EVERY, doc, audit.span)


def _add(context: ResolveContext, name: str, what: str, every: int, doc: str, span: Span) -> None:
    if any(job.name == name for job in context.jobs):
        fact = f"the audit trail is sealed by a job `{name}`, and one is declared"
        context.report(UnfitJob(fact, "", "give the declared job another name", span))
        return
    statement = JobStatement("audit", what, None, (), span, span)
    context.jobs.append(Job(name=name, span=span, doc=doc, every=every, statements=(statement,)))


def _seal(value: ast.Expr) -> dict[str, float] | None:
    found = duration("seal", least=10)(value)
    allowed = found is not None and float(found["seal"]) <= _LONGEST and float(found["seal"]).is_integer()  # type: ignore[arg-type]
    return found if allowed else None  # type: ignore[return-value]


_READERS: Readers = {
    "seal": ("a time from 10s to 1d, in whole seconds (`1m`)", _seal),  # type: ignore[dict-item]
    "keep": ("a time of at least one day (`400d`)", duration("keep", least=86_400)),
}
