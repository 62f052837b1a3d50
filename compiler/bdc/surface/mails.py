"""What an environment says about mail."""

from bdc.ir import SystemIR


def mail_senders(system: SystemIR) -> tuple[str, ...]:
    """Return the variables that hold addresses which mails come from, each once."""
    names = (job.mail.sender.variable for job in system.mails if job.mail is not None)
    return tuple(dict.fromkeys(name for name in names if name))
