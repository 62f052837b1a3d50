"""What the service does otherwise where other services are called (their variables are checked at start, and operations that call run outside of a
transaction), and where operations may read replicas. A system without these has the files as they are."""

from bdc.ir import SystemIR
from bdc.output import GeneratedFile
from bdc.output.runtime import adapted

CONFIG, EXECUTE = "services/engine/config.py", "services/data/engine/execute.py"
CONTAINER = "services/engine/container.py"
_CHECKED = {
    """    if problems:
        raise _refused("configuration is", problems)
    return settings
""": """    problems += external_refusals(CLIENTS, environ)
    if problems:
        raise _refused("configuration is", problems)
    return settings
""",
    """    from services.engine.config_checks import refusals
""": """    from services.engine.config_checks import refusals
    from services.external.clients import EXTERNALS
    from services.external.engine.settings import refusals as external_refusals
""",
}
_CHECKED = {old: new.replace("CLIENTS", "tuple(EXTERNALS.values())") for old, new in _CHECKED.items()}
_OUTSIDE = {
    """    async def work(connection: Connection) -> Result:
""": """    if operation.name in CALLING:
        return await outside(services, operation, actor, identity, given, _values, _result, then)

    async def work(connection: Connection) -> Result:
""",
    """from services.business.handlers import HANDLERS
""": """from services.business.handlers import CALLING, HANDLERS
from services.data.engine.calling import outside
""",
}

JOBS = "services/worker/engine/calling.py"
_BY_USER_CODE = {
    "from services.worker.engine import running\n": "from services.worker.engine import outside, running\n",
    "        return await running.run_job(": "        return await outside.run_job(",
}

_REPLICA = {
    """        readiness=Readiness(database, cipher, authenticator),
""": """        readiness=Readiness(database, cipher, authenticator),
        replica=Replica(settings.database, database) if settings.database.replica_url else None,
""",
    """from services.data.engine.database import Database, Replicas
""": """from services.data.engine.database import Database, Replicas
from services.data.engine.replica import Replica
""",
}

_SHARED = {
    """        limiter=RateLimiter(settings.limits),
""": """        limiter=SharedLimiter(settings.limits) if settings.limits.store else RateLimiter(settings.limits),
""",
    """from services.security.engine.rate_limit import RateLimiter
""": """from services.security.engine.rate_limit import RateLimiter
from services.security.engine.shared_limit import SharedLimiter
""",
}


def adapted_to(system: SystemIR, file: GeneratedFile) -> GeneratedFile:
    """Return a file of the runtime as `system` needs it."""
    if file.path == CONFIG and system.externals:
        return adapted(file, _CHECKED)
    if file.path == EXECUTE and system.calling_operations:
        return adapted(file, _OUTSIDE)
    if file.path == JOBS and any(job.called for job in system.jobs):
        return adapted(file, _BY_USER_CODE)
    if file.path == CONTAINER:
        file = adapted(file, _REPLICA) if system.reads_replica else file
        return adapted(file, _SHARED) if system.shares_limits else file
    return file
