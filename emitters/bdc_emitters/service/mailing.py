"""What the service does otherwise where mails are sent: their variables are checked at start, and a new caller is asked to prove its login. A system
without mails has the files as they are."""

from bdc.ir import SystemIR
from bdc.output import GeneratedFile
from bdc.output.runtime import adapted
from bdc.surface.sign_in import verifies_logins

CONFIG, SIGN_IN = "services/engine/config.py", "api/engine/sign_in.py"
_CHECKED = {
    """    if problems:
        raise _refused("configuration is", problems)
    return settings
""": """    problems += mail_refusals(MAILS.values(), environ)
    if problems:
        raise _refused("configuration is", problems)
    return settings
""",
    """    from services.engine.config_checks import refusals
""": """    from services.engine.config_checks import refusals
    from services.mail.engine.settings import refusals as mail_refusals
    from services.mail.mails import MAILS
""",
}
_PROVED = {
    """        await connection.execute(ADD, caller, hashed)
""": """        await connection.execute(ADD, caller, hashed)
        await sign_in_mails.queue(connection, "verify", checked[sign_in.LOGIN])
""",
    """    services = request.services

    async def work(connection: Any) -> str:
""": """    from api.engine import sign_in_mails

    services = request.services

    async def work(connection: Any) -> str:
""",
}


def adapted_to(system: SystemIR, file: GeneratedFile) -> GeneratedFile:
    """Return a file of the runtime as `system` needs it."""
    if file.path == CONFIG and system.mails:
        return adapted(file, _CHECKED)
    if file.path == SIGN_IN and verifies_logins(system):
        return adapted(file, _PROVED)
    return file
