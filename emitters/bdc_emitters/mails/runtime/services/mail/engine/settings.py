"""What the environment says about mail: the server (`SMTP_URL`), and the addresses that messages come from.

`smtps://user:password@host` is TLS from the first byte (port 465), `smtp+starttls://…` TLS before anything is said (587), `smtp://…` none (25).
Without a server, development and tests keep messages; elsewhere the service does not start.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from services.engine.config import DEVELOPMENT_MARK
from services.mail.engine.declared import Mail
from services.mail.engine.message import Unsendable, domain_of

SERVER = "SMTP_URL"
DEVELOPMENT_SENDER = "no-reply@example.test"
_PORTS = {"smtps": 465, "smtp+starttls": 587, "smtp": 25}


@dataclass(frozen=True, slots=True)
class Server:
    """Where messages are handed over, and how."""

    host: str
    port: int
    scheme: str
    user: str | None
    password: str | None


def server(environ: Mapping[str, str] | None = None) -> Server | None:
    """Return the server; None: messages are kept. Raises ValueError and OSError for a variable that cannot be read."""
    text = _value(SERVER, os.environ if environ is None else environ)
    if not text:
        return None
    parts = urlsplit(text)
    if parts.scheme not in _PORTS or not parts.hostname or parts.port == 0 or parts.path.strip("/"):
        raise ValueError("expected an address such as smtps://user:password@smtp.example.com")
    user = unquote(parts.username) if parts.username else None
    password = unquote(parts.password) if parts.password else None
    return Server(parts.hostname, parts.port or _PORTS[parts.scheme], parts.scheme, user, password)


def sender(mail: Mail, environ: Mapping[str, str] | None = None) -> str:
    """Return the address that a mail comes from."""
    environ = os.environ if environ is None else environ
    found = _value(mail.sender_variable, environ) if mail.sender_variable else mail.sender
    return found or (DEVELOPMENT_SENDER if _is_development(environ) else "")


def refusals(mails: Iterable[Mail], environ: Mapping[str, str]) -> list[str]:
    """Return every reason why mails cannot be sent, by the variable to change. No value is told."""
    return list(
        dict.fromkeys((*_of_server(environ), *(each for mail in mails for each in _of_sender(mail, environ))))
    )


def _of_server(environ: Mapping[str, str]) -> Iterator[str]:
    try:
        found = server(environ)
    except (ValueError, OSError) as error:
        reason = (
            error
            if isinstance(error, OSError)
            else "expected smtps://user:password@host, or smtp+starttls://…"
        )
        yield f"{SERVER}: {reason}"
        return
    if _is_development(environ):
        return
    if found is None:
        yield f"{SERVER} is not set: mails are sent with it"
    elif found.scheme == "smtp":
        yield f"{SERVER}: smtp:// sends messages and passwords in the clear; expected smtps:// or smtp+starttls://"


def _of_sender(mail: Mail, environ: Mapping[str, str]) -> Iterator[str]:
    variable = mail.sender_variable
    if not variable:
        return
    try:
        found = _value(variable, environ)
    except OSError as error:
        yield f"{variable}_FILE: {error}"
        return
    if not found:
        if not _is_development(environ):
            yield f"{variable} is not set: mails come from this address"
        return
    try:
        domain_of(found)
    except Unsendable:
        yield f"{variable}: expected an address such as no-reply@example.com"


def _is_development(environ: Mapping[str, str]) -> bool:
    return environ.get("ENVIRONMENT", DEVELOPMENT_MARK) in (DEVELOPMENT_MARK, "test")


def _value(name: str, environ: Mapping[str, str]) -> str:
    if name in environ:
        return environ[name].strip()
    file = environ.get(f"{name}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else ""
