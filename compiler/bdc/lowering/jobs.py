"""Jobs."""

from typing import Literal

from bdc import ir
from bdc.lowering.behaviour import assignments
from bdc.lowering.context import Context
from bdc.model.nodes.job import Job, JobStatement
from bdc.model.nodes.policy import Word

Purpose = Literal["reset", "verify"]


def lower_job(context: Context, job: Job) -> ir.Job:
    return ir.Job(
        name=job.name,
        doc=job.doc,
        every=job.every,
        cron=job.cron,
        zone=job.zone,
        event=job.event,
        statements=tuple(
            ir.JobStatement(
                verb=each.verb,
                target=each.target,
                condition=each.condition,
                row=each.row,
                values=assignments(each.values),
                result=_result(context, each),
                undoes=each.undoes,
                each=each.each,
                after=each.after,
                at=each.at,
            )
            for each in job.statements
        ),
        retry=job.retry,
        first_pause=job.backoff[0],
        longest_pause=job.backoff[1],
        timeout=job.timeout,
        priority=job.priority,
        batch=job.batch,
        parameters=tuple(
            ir.Parameter(
                name=each.name, type=each.type, nullable=each.nullable, refers=each.refers, row=each.row
            )
            for each in job.parameters
        ),
        handler=job.handler,
        concurrency=job.concurrency,
        unique=job.unique,
        mail=_mail(context, job),
        enqueues=job.enqueues,
        keep=job.keep,
        called=tuple(
            ir.ExternalCall(external=each.external, operation=each.operation) for each in job.called
        ),
        origin=context.origin(job.span),
    )


def _mail(context: Context, job: Job) -> ir.Mail | None:
    if job.mail is None:
        return None
    identity = context.model.identity
    sign_in = identity.sign_in if identity is not None else None
    words: tuple[tuple[Word | None, Purpose], ...] = ()
    if sign_in is not None:
        words = ((sign_in.reset, "reset"), (sign_in.verify, "verify"))
    purposes = {word.text: purpose for word, purpose in words if word is not None}
    return ir.Mail(
        sender=job.mail.sender,
        subject=job.mail.subject,
        text=job.mail.text,
        html=job.mail.html,
        purpose=purposes.get(job.name),
    )


def _result(context: Context, statement: JobStatement) -> ir.CallResult | None:
    if statement.result is None:
        return None
    external, _, name = statement.target.partition(".")
    operation = context.model.externals[external].find(name)
    assert operation is not None and operation.returns is not None
    return ir.CallResult(name=statement.result, type=operation.returns, nullable=operation.returns_nullable)
