"""The tests of the emitted backend: data computed from the specification, and ordinary test modules that try it.

What comes in: the whole IR. What goes out: `tests/` of the output. The permission matrix and the scenarios are JSON documents;
the modules that read them (`runtime/`) are copied verbatim. They start a database of their own, migrate it with the project's
own command, and talk to the service as a stranger would: over HTTP, and over SQL as the runtime role.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from importlib.resources import files
from typing import Any

from bdc.ir import ScalarField, SystemIR
from bdc.output import EmitContext, Emitter, GeneratedFile
from bdc.output.document import to_json
from bdc.output.runtime import adapted, runtime_files
from bdc.query.jobs.followed import followed_jobs, seen_arguments, stopped_jobs
from bdc.schema.extensions import own_extensions
from bdc.surface.gates import gates
from bdc.surface.graphql.places import places
from bdc.surface.issued_keys import issuing
from bdc.surface.relay import has_nodes, refetched, relay_apis
from bdc.surface.sign_in import sign_in_path
from bdc.surface.wire import is_wired
from bdc_emitters.tests.cells import Cells
from bdc_emitters.tests.externals import external_arguments
from bdc_emitters.tests.load import profile_document
from bdc_emitters.tests.packing import packed
from bdc_emitters.tests.scenarios import scenario_document
from bdc_emitters.tests.sign_in import sign_in_facts

# The embedded server is the compiler's own module: the copy imports its neighbours in the output.
STACK = "bdc.stack"
TOKEN_TESTS = "tests/security/test_tokens.py"
CONTRACT_TESTS = "tests/integration/test_contract.py"
LIST_TESTS = "tests/integration/test_lists.py"
SIGN_IN_TESTS = "tests/security/test_sign_in.py"
STATEMENT_TESTS = "tests/unit/test_statements.py"
KEY_TESTS = "tests/security/test_issued_keys.py"
SINGLE_TESTS = "tests/security/test_singles.py"
NODE_TESTS = "tests/security/test_nodes.py"
DOCUMENT_TESTS = "tests/integration/test_documents.py"
JOB_TESTS = "tests/integration/test_jobs.py"
RUN_TESTS = "tests/integration/test_runs.py"
FIELD_TESTS = "tests/security/test_field_rules.py"
SECRET_TESTS = "tests/security/test_secrets.py"
SCENARIO_TESTS = ("tests/e2e/__init__.py", "tests/e2e/test_scenarios.py")
# Only where requests and answers look otherwise outside.
OUTSIDE = ("tests/support/wire.py", "tests/integration/test_outside.py")
_CLIENT = "httpx.Client(base_url=url, timeout=30"
_AFTER = "from services.security.engine import api_keys\n"
_READ = 'json.loads((ROOT / "api/documentation/openapi.json").read_text(encoding="utf-8"))'
_ROWS = "from tests.support.matrix import Data, Matrix, Rows\n"
OUTWARD = {
    "tests/support/backend.py": (
        (f"{_CLIENT})", f"{_CLIENT}, transport=Inside())"),
        (_AFTER, f"{_AFTER}from tests.support.wire import Inside\n"),
    ),
    LIST_TESTS: ((_READ, f"inside({_READ})"), (_ROWS, f"{_ROWS}from tests.support.wire import inside\n")),
}
EXTERNAL_TESTS = "tests/integration/test_externals.py"
SHARED_LIMIT_TESTS = "tests/unit/test_shared_limit.py"
APIS_TESTS = "tests/security/test_apis.py"
SUNSET_TESTS = "tests/integration/test_sunset.py"
REPLICA_TESTS = "tests/integration/test_replica.py"
BACKEND = "tests/support/backend.py"
# The address of replicas leads to the database itself: every test reads by that way.
_REPLICA = {
    "        environment = service_environment(runtime_url, tokens)\n": '        environment = service_environment(runtime_url, tokens) | {"DATABASE_REPLICA_URL": runtime_url}\n'
}
# What other services answer is for their fakes: such jobs are tried with those.
_CALLING = {
    "from services.data.jobs import JOBS\n": "from services.data.jobs import CALLING, JOBS\n",
    "if job.handler is None]": "if job.handler is None and job.name not in CALLING]",
}
# Messages are for the tests of mails.
_MAILING = {
    "from services.engine.problems import Problem\n": "from services.engine.problems import Problem\nfrom services.mail.mails import MAILS\n",
    "if job.handler is None": "if job.name not in MAILS and job.handler is None",
}
SERVER_MODULES = ("cluster", "programs", "reach", "server")


def emit(system: SystemIR, context: EmitContext) -> Iterable[GeneratedFile]:
    """Yield `tests/`."""
    cells = Cells(system)
    without = _nothing_to_try(system, cells)
    wired = is_wired(system)
    for file in runtime_files("bdc_emitters.tests"):
        if file.path not in without and (wired or file.path not in OUTSIDE):
            file = adapted(file, _REPLICA) if file.path == BACKEND and system.reads_replica else file
            file = _of_schemas(system, file)
            file = adapted(file, _CALLING) if file.path == JOB_TESTS and system.calling_jobs else file
            file = adapted(file, _MAILING) if file.path == JOB_TESTS and system.mails else file
            yield _from_outside(file) if wired else file
    if followed_jobs(system):
        runs = {"seen": seen_arguments(system), "stopped": stopped_jobs(system)}
        yield GeneratedFile("tests/integration/runs.json", to_json(runs))
    if system.externals:
        yield GeneratedFile("tests/integration/externals.json", to_json(external_arguments(system)))
    for module in SERVER_MODULES:
        text = files(STACK).joinpath(f"{module}.py").read_text(encoding="utf-8")
        yield GeneratedFile(
            f"tests/support/{module}.py", text.replace(f"from {STACK}.", "from tests.support.")
        )
    yield from _stand_ins(system)
    document = cells.document()
    yield GeneratedFile("tests/security/matrix.json", to_json(packed(document)), note=summary(document))
    yield from sign_in_facts(system)
    if system.scenarios:
        yield GeneratedFile("tests/e2e/scenarios.json", to_json(scenario_document(system)))
    yield GeneratedFile("tests/performance/profile.json", to_json(profile_document(system, cells.new)))


def _stand_ins(system: SystemIR) -> Iterator[GeneratedFile]:
    """Yield stand-ins for the extensions of the system that the embedded server does not carry."""
    folder = files(STACK).joinpath("extension")
    for name in sorted(own_extensions(system)):
        found = [folder.joinpath(file) for file in (f"{name}.control", f"{name}--1.0.sql")]
        for file in found if found[0].is_file() else ():
            yield GeneratedFile(f"tests/support/extension/{file.name}", file.read_text(encoding="utf-8"))


def _nothing_to_try(system: SystemIR, cells: Cells) -> set[str]:
    """Return the modules that would find nothing in the backend of `system`."""
    operations = [operation for api in system.apis for operation in api.operations]
    ruled = any(policy.fields for policy in system.policies)
    stated = any(api.resources for api in system.apis) or any(each.body.kind == "sql" for each in operations)
    found = {
        TOKEN_TESTS: not cells.takes_tokens,
        CONTRACT_TESTS: not system.apis,
        STATEMENT_TESTS: not stated,
        JOB_TESTS: not system.jobs,
        RUN_TESTS: not followed_jobs(system),
        FIELD_TESTS: not ruled,
        SECRET_TESTS: not ruled and not _encrypts(system),
        **dict.fromkeys(SCENARIO_TESTS, not system.scenarios),
        NODE_TESTS: not has_nodes(system),
        DOCUMENT_TESTS: not _keeps_documents(system),
        KEY_TESTS: not issuing(system),
        SINGLE_TESTS: not any(each.single for api in system.apis for each in api.resources),
        EXTERNAL_TESTS: not system.externals,
        APIS_TESTS: not gates(system),
        SUNSET_TESTS: not any(api.sunset for api in system.apis),
        REPLICA_TESTS: not system.reads_replica,
        SHARED_LIMIT_TESTS: not system.shares_limits,
        SIGN_IN_TESTS: not sign_in_path(system),
        LIST_TESTS: not any("list" in each.operations for api in system.apis for each in api.resources),
    }
    return {path for path, nothing in found.items() if nothing}


def _encrypts(system: SystemIR) -> bool:
    fields = (field for entity in system.entities for field in entity.fields)
    return any(isinstance(field, ScalarField) and field.encrypted for field in fields)


def _keeps_documents(system: SystemIR) -> bool:
    """Return whether requests may name documents of GraphQL."""
    return any(api.graphql is not None and api.graphql.persisted for api in system.apis)


def _of_schemas(system: SystemIR, file: GeneratedFile) -> GeneratedFile:
    """Return a module that looks at the schema of GraphQL, as one that looks at each of several."""
    found = places(system)
    if len(found) < 2:
        return file
    if file.path == DOCUMENT_TESTS:
        packages = tuple(place.package for api, place in found if api.graphql and api.graphql.persisted)
        return adapted(file, {'PACKAGES = ("api.graphql",)': f"PACKAGES = {packages!r}"})
    if file.path == NODE_TESTS:
        names = {
            resource.entity: name
            for api in relay_apis(system)
            for resource in api.resources
            if "get" in resource.operations
            and (name := system.stored(resource.entity)) in refetched(system, api)
        }
        mine = "FOUND: dict[str, str] = {name: name for name in CLASSES}"
        changes = {"from api.graphql.nodes import CLASSES\n": "", mine: f"FOUND: dict[str, str] = {names!r}"}
        return adapted(file, changes)
    return file


def _from_outside(file: GeneratedFile) -> GeneratedFile:
    """Return a module that makes calls as one that sends them as they look outside; any other as it is."""
    text = file.content
    for old, new in OUTWARD.get(file.path, ()):
        text = text.replace(old, new)
    return file if text == file.content else replace(file, formatted=False, content=text)


def summary(document: dict[str, Any]) -> str:
    """Say how many cells of the permission matrix are not tried; nothing when all are."""
    skipped, tried = document["skipped"], len(document["cells"])
    if not skipped:
        return ""
    part = 100 * len(skipped) / (len(skipped) + tried)
    reasons = "; ".join(sorted({cell["reason"] for cell in skipped}))
    return f"emitted tests: {len(skipped)} of {len(skipped) + tried} permission cells ({part:.1f} %) are skipped: {reasons}"


EMITTER = Emitter(name="tests", emit=emit, weight=25)
