"""A message as it is sent. What could end a header, or name another recipient, is refused."""

from datetime import datetime
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from services.mail.engine.rendering import Written

_LONGEST_SUBJECT = 900


class Unsendable(Exception):
    """It can never be sent as it is; the reason names no value."""


def compose(sender: str, to: str, written: Written, message_id: str, at: datetime) -> EmailMessage:
    """Return the message. Raises Unsendable."""
    message = EmailMessage(policy=policy.SMTP)
    message["From"] = _address(sender, "sender", named=True)
    message["To"] = _address(to, "recipient")
    message["Subject"] = _header(written.subject)
    message["Date"] = format_datetime(at)
    message["Message-ID"] = message_id
    # Robots do not answer it (RFC 3834).
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(written.text)
    if written.html:
        message.add_alternative(written.html, subtype="html")
    return message


def domain_of(sender: str) -> str:
    """Return the domain of an address, with or without a name before it. Raises Unsendable."""
    return _address(sender, "sender", named=True).domain


def _address(text: str, what: str, *, named: bool = False) -> Address:
    """Return one address. A recipient has no name before it: whatever stands there came from a caller."""
    name, spec = parseaddr(text) if named else ("", text)
    if not text.isprintable() or any(sign in spec for sign in ",;<> \t"):
        raise Unsendable(f"the {what} is not one address")
    try:
        user, _, domain = spec.rpartition("@")
        made = Address(name, user, domain.encode("idna").decode("ascii"))
    except Exception:
        raise Unsendable(f"the {what} is not an address") from None
    if not made.username or not made.domain or len(spec) > 254:
        raise Unsendable(f"the {what} is not an address")
    return made


def _header(subject: str) -> str:
    if not subject.isprintable():
        raise Unsendable("the subject holds a line break or another control character")
    return subject[:_LONGEST_SUBJECT]
