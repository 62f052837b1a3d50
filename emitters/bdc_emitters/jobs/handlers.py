"""Jobs with user code: the classes of their arguments, and the first version of each body."""

from collections.abc import Iterator

from bdc.ir import EnumType, Job, Parameter, ScalarType, SystemIR
from bdc.ir.types import Scalar
from bdc.naming.casing import snake
from bdc.naming.distinct import distinct
from bdc.naming.python import attribute, identifier, local_class
from bdc.output import GeneratedFile, Ownership
from bdc.output.templates import Templates
from bdc.source.records import dataclass

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


@dataclass(frozen=True, slots=True)
class HandlersView:
    handlers: tuple[HandlerView, ...]


def handlers(system: SystemIR) -> dict[str, HandlerView]:
    """Return the view of each job with user code, by its name."""
    found = [job for job in system.jobs if job.handler]
    modules = distinct((job.name, identifier(snake(job.name))) for job in found)
    return {job.name: _handler(job, modules[job.name]) for job in found}


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


def _handler(job: Job, module: str) -> HandlerView:
    names = distinct(((each.name, attribute(each.name)) for each in job.parameters), {"model_config"})
    return HandlerView(
        job.name,
        job.doc.strip() or f"Do what job `{job.name}` is for.",
        module,
        f"{module}_job",
        f"{local_class(job.name)}Arguments",
        tuple(_argument(each, names[each.name]) for each in job.parameters),
    )


def _argument(parameter: Parameter, name: str) -> ArgumentView:
    type_ = parameter.type
    known = _SCALARS.get(type_.scalar, "str") if isinstance(type_, ScalarType) else "str"
    assert isinstance(type_, ScalarType | EnumType)
    default = "default=None" if parameter.nullable else ""
    alias = f"alias={parameter.name!r}" if name != parameter.name else ""
    given = ", ".join(filter(None, (default, alias)))
    return ArgumentView(
        name, f"{known} | None" if parameter.nullable else known, f" = Field({given})" if given else ""
    )
