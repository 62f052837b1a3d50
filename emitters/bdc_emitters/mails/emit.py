"""The emitter: mails in, their templates and what sends them out."""

from collections.abc import Iterator
from dataclasses import replace

from bdc.ir import EnumType, Job, Mail, ScalarType, SystemIR, label_of
from bdc.naming.casing import snake
from bdc.naming.distinct import distinct
from bdc.output import EmitContext, GeneratedFile
from bdc.output.document import to_json
from bdc.output.runtime import adapted, runtime_files
from bdc.output.templates import Templates
from bdc.source.records import dataclass
from bdc.surface.examples import Examples
from bdc.surface.sign_in import mails_tokens

PACKAGE = "bdc_emitters.mails"
FOLDER = "services/mail/templates"
MAILING = "services/worker/engine/mailing.py"
REQUESTS = "api/engine/sign_in_mails.py"
# Only with mails of sign-in.
OF_SIGN_IN = (REQUESTS, "tests/security/test_sign_in_mails.py")
_UNDOING = {
    "from services.worker.engine.running import run_job as": "from services.worker.engine.undoing import run_job as"
}
_CALLING = {
    "from services.worker.engine.running import run_job as": "from services.worker.engine.calling import run_job as"
}


@dataclass(frozen=True, slots=True)
class MailView:
    """`text` and `html`: names of files; '' where there is none."""

    name: str
    sender: str
    variable: str
    subject: str
    text: str
    html: str
    kinds: tuple[tuple[str, str], ...]
    purpose: str


@dataclass(frozen=True, slots=True)
class MailsView:
    mails: tuple[MailView, ...]


def emit(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Yield what sends mails; nothing where there are none."""
    if not system.mails:
        return
    names = distinct((job.name, snake(job.name)) for job in system.mails)
    views = []
    for job in system.mails:
        assert job.mail is not None
        view = _view(job, job.mail, names[job.name])
        views.append(view)
        yield GeneratedFile(f"{FOLDER}/{view.text}", job.mail.text, formatted=True)
        if job.mail.html is not None:
            yield GeneratedFile(f"{FOLDER}/{view.html}", job.mail.html, formatted=True)
    yield GeneratedFile(
        "services/mail/mails.py", Templates(PACKAGE).render("mails.py.j2", MailsView(tuple(views)))
    )
    yield from _runtime(system)
    yield GeneratedFile("tests/integration/mails.json", to_json(_examples(system)))


def _examples(system: SystemIR) -> dict[str, object]:
    """Return arguments of each mail that operations queue, for its tests."""
    examples, found = Examples(system), dict[str, object]()
    for job in system.mails:
        given: dict[str, object] = {}
        for each in job.parameters:
            if isinstance(each.type, EnumType):
                given[each.name] = label_of(system.enum(each.type.name).values[0])
            else:
                given[each.name] = examples.value(each.type, each.name)
        found[job.name] = given | {"to": "ann@example.test"}
    return found


def _view(job: Job, mail: Mail, name: str) -> MailView:
    return MailView(
        job.name,
        mail.sender.text,
        mail.sender.variable,
        mail.subject,
        f"{name}.txt",
        f"{name}.html" if mail.html is not None else "",
        tuple((each.name, _kind(each.type)) for each in job.parameters),
        mail.purpose or "",
    )


def _kind(type_: object) -> str:
    assert isinstance(type_, ScalarType | EnumType)
    return "text" if isinstance(type_, EnumType) else type_.scalar.value


def _runtime(system: SystemIR) -> Iterator[GeneratedFile]:
    for file in runtime_files(PACKAGE):
        if file.path in OF_SIGN_IN and not mails_tokens(system):
            continue
        if file.path == MAILING and system.calling_jobs:
            file = adapted(file, _UNDOING if system.undoing_jobs else _CALLING)
        # In the output, `tests` is sorted as a package of its own.
        yield replace(file, formatted=False) if file.path.startswith("tests/") else file
