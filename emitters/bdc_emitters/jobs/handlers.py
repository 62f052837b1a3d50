"""Jobs with user code: the classes of their arguments, and the first version of each body."""

from collections.abc import Iterator

from bdc.ir import EnumType, Job, Parameter, ScalarType, SystemIR, Type
from bdc.ir.types import Scalar
from bdc.naming.casing import snake
from bdc.naming.distinct import distinct
from bdc.naming.python import attribute, identifier, local_class
from bdc.output import GeneratedFile, Ownership
from bdc.output.templates import Templates
from bdc.query.jobs.queueing import queueing
from bdc.query.writes.enqueue import parts_of_key
from bdc.source.records import dataclass
from bdc.surface.contexts import called_services

TEMPLATES = Templates("bdc_emitters.jobs")
FOLDER = "services/business/jobs"
_SCALARS: dict[Scalar, str] = {
    Scalar.INT: "int",
    Scalar.BIGINT: "int",
    Scalar.DECIMAL: "Decimal",
    Scalar.FLOAT: "float",
    Scalar.BOOL: "bool",
    Scalar.UUID: "UUID",
    Scalar.DATE: "date",
    Scalar.TIME: "time",
    Scalar.TIMESTAMP: "datetime",
    Scalar.JSON: "JsonValue",
}


@dataclass(frozen=True, slots=True)
class ArgumentView:
    name: str
    annotation: str
    given: str


@dataclass(frozen=True, slots=True)
class HandlerView:
    """`local`: what the module is called where all are imported."""

    job: str
    doc: str
    module: str
    local: str
    arguments_class: str
    arguments: tuple[ArgumentView, ...]
    queues: str
    context: str
    externals: tuple[tuple[str, str], ...]

    @property
    def queued_in(self) -> str:
        """What queues other runs: the transaction that is open."""
        return "transaction" if self.externals else "context"

    @property
    def wired(self) -> str:
        """The source of what runs it, as the worker calls it."""
        run = f"{self.local}.run"
        if not self.externals:
            return f"with_arguments({run}, {self.arguments_class})"
        given = ", ".join(f"given.{name}" for name in ("actor", "request_id", "operation", "cipher"))
        own = f"{self.context}(opened(given), {given})"
        return f"with_arguments(lambda given, arguments: {run}({own}, arguments), {self.arguments_class})"


@dataclass(frozen=True, slots=True)
class HandlersView:
    handlers: tuple[HandlerView, ...]


@dataclass(frozen=True, slots=True)
class RunView:
    """A job that user code queues: the class of its runs, and the statement that queues one."""

    job: str
    doc: str
    name: str
    statement: str
    arguments: tuple[ArgumentView, ...]


@dataclass(frozen=True, slots=True)
class RunsView:
    """`first`: the name of one, for the example in the docstring."""

    runs: tuple[RunView, ...]

    @property
    def first(self) -> str:
        return self.runs[0].name


def handlers(system: SystemIR) -> dict[str, HandlerView]:
    """Return the view of each job with user code, by its name."""
    queued = _run_names(system)
    found = [job for job in system.jobs if job.handler]
    modules = distinct((job.name, identifier(snake(job.name))) for job in found)
    return {job.name: _handler(system, job, modules[job.name], queued) for job in found}


def handler_files(views: dict[str, HandlerView]) -> Iterator[GeneratedFile]:
    """Yield the classes of arguments and one scaffold for each job; nothing where there are none."""
    if not views:
        return
    view = HandlersView(tuple(views.values()))
    yield GeneratedFile("services/data/job_arguments.py", TEMPLATES.render("arguments.py.j2", view))
    yield GeneratedFile(
        f"{FOLDER}/__init__.py", '"""The bodies of jobs with `@handler`: yours, one module each."""\n'
    )
    for each in view.handlers:
        text = TEMPLATES.render("scaffold.py.j2", each)
        yield GeneratedFile(f"{FOLDER}/{each.module}.py", text, Ownership.SCAFFOLD)
    calling = HandlersView(tuple(each for each in view.handlers if each.externals))
    if calling.handlers:
        yield GeneratedFile("services/data/job_contexts.py", TEMPLATES.render("contexts.py.j2", calling))


def run_files(system: SystemIR) -> Iterator[GeneratedFile]:
    """Yield the classes of runs that user code queues, and what queues them; nothing where it queues none."""
    names = _run_names(system)
    if not names:
        return
    jobs = (job for job in system.jobs if job.name in names)
    view = RunsView(tuple(_run(system, job, names[job.name]) for job in jobs))
    yield GeneratedFile("services/data/runs.py", TEMPLATES.render("runs.py.j2", view))


def _run_names(system: SystemIR) -> dict[str, str]:
    used = {name for job in system.jobs for name in job.enqueues}
    return distinct(
        ((job.name, f"{local_class(job.name)}Run") for job in system.jobs if job.name in used), {"Run"}
    )


def _run(system: SystemIR, job: Job, name: str) -> RunView:
    taken = {"model_config", "statement"}
    names = distinct(((each.name, attribute(each.name)) for each in job.parameters), taken)
    doc = job.doc.strip() or f"A run of `{job.name}`."
    arguments = tuple(_argument(system, each, names[each.name], is_given=True) for each in job.parameters)
    return RunView(job.name, doc, name, queueing(system, job), arguments)


def _handler(system: SystemIR, job: Job, module: str, queued: dict[str, str]) -> HandlerView:
    names = distinct(((each.name, attribute(each.name)) for each in job.parameters), {"model_config"})
    return HandlerView(
        job.name,
        job.doc.strip() or f"Do what job `{job.name}` is for.",
        module,
        f"{module}_job",
        f"{local_class(job.name)}Arguments",
        tuple(_argument(system, each, names[each.name]) for each in job.parameters),
        ", ".join(queued[name] for name in job.enqueues),
        f"{local_class(job.name)}Context" if job.called else "OperationContext",
        called_services(job.called),
    )


def _argument(system: SystemIR, parameter: Parameter, name: str, *, is_given: bool = False) -> ArgumentView:
    """`is_given`: user code gives it, so that its length is looked at."""
    type_ = parameter.type
    assert isinstance(type_, ScalarType | EnumType)
    known = _known(type_)
    if parameter.is_key_of_parts:
        known = f"tuple[{', '.join(_known(each) for each in parts_of_key(system, parameter))}]"
    default = "default=None" if parameter.nullable else ""
    alias = f"alias={parameter.name!r}" if name != parameter.name else ""
    given = ", ".join(filter(None, (default, *(_lengths(type_) if is_given else ()), alias)))
    return ArgumentView(
        name, f"{known} | None" if parameter.nullable else known, f" = Field({given})" if given else ""
    )


def _known(type_: Type) -> str:
    return _SCALARS.get(type_.scalar, "str") if isinstance(type_, ScalarType) else "str"


def _lengths(type_: ScalarType | EnumType) -> Iterator[str]:
    if isinstance(type_, ScalarType) and type_.min_length is not None:
        yield f"min_length={type_.min_length}"
    if isinstance(type_, ScalarType) and type_.max_length is not None:
        yield f"max_length={type_.max_length}"
