"""Other services: a typed client of each, its fake, and what makes the calls of operations and jobs.

What comes in: externals of the IR, with what operations and jobs call. What goes out: `services/external/`; nothing for a system without
externals. Deliberately absent: how their variables are set where it runs (`kubernetes`, `docker`).
"""

from collections.abc import Iterator

from bdc.ir import SystemIR
from bdc.output import EmitContext, GeneratedFile
from bdc.output.templates import Templates
from bdc_emitters.service.externals.answers import answers_view
from bdc_emitters.service.externals.clients import clients_view

TEMPLATES = Templates("bdc_emitters.service")
CLIENTS = "services/external/"
OPERATIONS = "services/data/engine/calling.py"
JOBS = "services/worker/engine/calling.py"
UNDOING = "services/worker/engine/undoing.py"
OUTSIDE = "services/worker/engine/outside.py"


def absent_runtime(system: SystemIR) -> tuple[str, ...]:
    """Return what of the runtime a system does without: paths, or what they begin with."""
    found: tuple[str, ...] = () if system.externals else (CLIENTS,)
    found += () if system.calling_operations else (OPERATIONS,)
    found += () if system.undoing_jobs else (UNDOING,)
    found += () if any(job.called for job in system.jobs) else (OUTSIDE,)
    return found if system.calling_jobs else (*found, JOBS)


def files(system: SystemIR, context: EmitContext) -> Iterator[GeneratedFile]:
    """Yield the clients; nothing where there are none."""
    if not system.externals:
        return
    answers = answers_view(system)
    yield GeneratedFile("services/external/answers.py", TEMPLATES.render("external_answers.py.j2", answers))
    view = clients_view(system, bool(answers.structs))
    yield GeneratedFile("services/external/clients.py", TEMPLATES.render("external_clients.py.j2", view))
