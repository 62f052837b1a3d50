"""The emitter: jobs in, the worker and its list of jobs out."""

from collections.abc import Iterator

from bdc.ir import KEPT, Job, SystemIR
from bdc.ir.compiled import CompiledJob
from bdc.output import EmitContext, GeneratedFile
from bdc.output.runtime import adapted, runtime_files
from bdc.output.templates import Templates
from bdc.source.records import dataclass
from bdc_emitters.jobs.handlers import HandlerView, handler_files, handlers, run_files

PACKAGE = "bdc_emitters.jobs"
TEMPLATES = Templates(PACKAGE)
TASKS = "services/worker/engine/tasks.py"
QUEUEING = "services/worker/engine/queueing.py"
_MAILING = {"from services.worker.engine.running import": "from services.worker.engine.mailing import"}
# No function of the database sends a mail: the worker does, in one part.
MAILED = CompiledJob("", "", 1, "", "")
_RUNNING = "from services.worker.engine.running import"


@dataclass(frozen=True, slots=True)
class JobView:
    """What the worker knows of a job; `every` is 0 where `cron` says when."""

    name: str
    doc: str
    call: str
    statements: int
    every: int
    cron: str
    zone: str
    retry: int
    first_pause: int
    longest_pause: int
    timeout: int
    priority: int
    batch: int
    handler: str
    is_undone: bool
    undoes: str
    at_once: bool
    keep: int
    is_kept: bool


@dataclass(frozen=True, slots=True)
class JobsView:
    jobs: tuple[JobView, ...]
    handlers: tuple[HandlerView, ...]
    has_handlers: bool
    calls: bool
    calling: tuple[str, ...]
    outside: tuple[str, ...]
    contexts: tuple[str, ...]


def emit(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Yield the worker and the list of jobs; nothing where there are none."""
    if not system.jobs:
        return
    compiled = {job.name: job for job in context.queries.jobs}
    handled = handlers(system)
    jobs = tuple(_job(job, compiled.get(job.name, MAILED), handled.get(job.name)) for job in system.jobs)
    view = JobsView(
        jobs,
        tuple(handled.values()),
        bool(handled),
        system.calling_jobs,
        tuple(job.name for job in system.jobs if job.calls),
        tuple(job.name for job in system.jobs if job.called),
        tuple(each.context for each in handled.values() if each.externals),
    )
    yield GeneratedFile("services/data/jobs.py", TEMPLATES.render("jobs.py.j2", view))
    yield from handler_files(handled)
    yield from run_files(system)
    queues = any(job.enqueues for job in system.jobs)
    for file in runtime_files(PACKAGE):
        if file.path != QUEUEING or queues:
            yield _adapted_to(system, file)


def _adapted_to(system: SystemIR, file: GeneratedFile) -> GeneratedFile:
    """Return a file of the worker: runs that send mails or call other services are done by modules of their own."""
    if file.path == TASKS and system.mails:
        return adapted(file, _MAILING)
    runs = {_RUNNING: _RUNNING.replace("running", "undoing" if system.undoing_jobs else "calling")}
    return adapted(file, runs) if file.path == TASKS and system.calling_jobs else file


def _job(job: Job, compiled: CompiledJob, handler: HandlerView | None) -> JobView:
    return JobView(
        name=job.name,
        doc=job.doc,
        call=compiled.call,
        statements=compiled.statements,
        every=job.every or 0,
        cron=job.cron or "",
        zone=job.zone,
        retry=job.retry,
        first_pause=job.first_pause,
        longest_pause=job.longest_pause,
        timeout=job.timeout,
        priority=job.priority,
        batch=job.batch,
        is_undone=bool(job.undoing),
        at_once=any(each.verb == "rotate" for each in job.statements),
        keep=job.keep,
        is_kept=job.keep != KEPT,
        undoes=repr(tuple(each.undoes for each in job.undoing)),
        handler="None" if handler is None else handler.wired,
    )
