"""A message is handed to the server, or kept where there is none. Failures say whether another attempt can help, and name no recipient."""

import re
from datetime import UTC, datetime
from typing import Any

import aiosmtplib
from jinja2 import TemplateError

from services.mail.engine import keeping, settings
from services.mail.engine.declared import Mail
from services.mail.engine.message import Unsendable, compose, domain_of
from services.mail.engine.rendering import write

_ENHANCED = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")
# What a server says of the account, not of the message: settings are mended, and the message is sent.
_OF_THE_ACCOUNT = (530, 534, 535, 538)


class Undelivered(Exception):
    """It was not taken. `permanent`: another attempt would end the same way."""

    def __init__(self, reason: str, *, permanent: bool) -> None:
        super().__init__(reason)
        self.permanent = permanent


async def deliver(mail: Mail, values: dict[str, Any], run: int, mark: str, seconds: float) -> None:
    """Write a mail and hand it over. All attempts of a run with the same `mark` have one Message-ID. Raises Undelivered."""
    try:
        sender = settings.sender(mail)
        written = write(mail, values)
        message_id = f"<{mail.name.lower()}.{run}.{mark}@{domain_of(sender)}>"
        message = compose(sender, str(values.get("to") or ""), written, message_id, datetime.now(UTC))
    except Unsendable as error:
        raise Undelivered(str(error), permanent=True) from None
    except (TemplateError, ArithmeticError, TypeError, ValueError, LookupError, AttributeError) as error:
        raise Undelivered(f"a template fails: {type(error).__name__}", permanent=True) from None
    server = settings.server()
    if server is None:
        keeping.keep(
            {
                "mail": mail.name,
                "run": run,
                "at": datetime.now(UTC).isoformat(),
                "message_id": message_id,
                "from": sender,
                "to": values["to"],
                "subject": written.subject,
                "text": written.text,
                "html": written.html,
                "values": values,
            }
        )
        return
    try:
        await aiosmtplib.send(
            message,
            hostname=server.host,
            port=server.port,
            username=server.user,
            password=server.password,
            use_tls=server.scheme == "smtps",
            start_tls=server.scheme == "smtp+starttls",
            timeout=seconds,
        )
    except aiosmtplib.SMTPRecipientsRefused as error:
        codes = [(each.code, each.message) for each in error.recipients]
        raise _refused("recipient", *codes[0]) from None
    except aiosmtplib.SMTPResponseException as error:
        what = {"SMTPSenderRefused": "sender", "SMTPDataError": "message"}.get(
            type(error).__name__, "connection"
        )
        raise _refused(what, error.code, error.message) from None
    except aiosmtplib.SMTPNotSupported:
        raise Undelivered("the mail server does not offer what is asked of it", permanent=False) from None
    except (aiosmtplib.SMTPException, OSError, EOFError) as error:
        raise Undelivered(
            f"the mail server is not reached: {type(error).__name__}", permanent=False
        ) from None


def _refused(what: str, code: int, said: str) -> Undelivered:
    """The words of a server may hold the address; its codes do not."""
    found = _ENHANCED.search(said)
    told = f"{code} {found[0]}" if found else str(code)
    permanent = 500 <= code < 600 and code not in _OF_THE_ACCOUNT and what != "connection"
    return Undelivered(f"the mail server refused the {what}: {told}", permanent=permanent)
