"""What the environment says about other services. In development they are fakes, unless `EXTERNAL_SERVICES=real` says otherwise."""

import os
import ssl
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx

from services.engine.config import DEVELOPMENT_MARK
from services.external.engine.declared import External, Text

MODE = "EXTERNAL_SERVICES"


@dataclass(frozen=True, slots=True)
class Configured:
    """`secrets`: what `auth` needs, by name."""

    address: str
    secrets: Mapping[str, str]


def is_faked(environ: Mapping[str, str] | None = None) -> bool:
    """Whether other services are fakes: calls are answered here, and reach no network."""
    environ = os.environ if environ is None else environ
    development = environ.get("ENVIRONMENT", DEVELOPMENT_MARK) in (DEVELOPMENT_MARK, "test")
    return development and environ.get(MODE, "") != "real"


def configured(external: External, environ: Mapping[str, str] | None = None) -> Configured:
    """Return address and secrets. A variable that is not set is empty: `refusals` has said so."""
    environ = os.environ if environ is None else environ
    secrets = {name: _value(text, environ) for name, text in external.secrets.items()}
    return Configured(_value(external.address, environ).rstrip("/"), secrets)


def refusals(externals: Sequence[External], environ: Mapping[str, str]) -> list[str]:
    """Return every reason why calls cannot work, by the variable to change."""
    if is_faked(environ):
        return []
    return list(dict.fromkeys(reason for external in externals for reason in _reasons(external, environ)))


def _reasons(external: External, environ: Mapping[str, str]) -> Iterator[str]:
    for text in (external.address, *external.secrets.values()):
        try:
            found = _value(text, environ)
        except OSError as error:
            yield f"{text.variable}_FILE: {error}"
            continue
        if not found:
            yield f"{text.variable} is not set: the service {external.name} is called with it"
        elif external.auth == "mtls" and text is not external.address:
            continue
        elif not (found.isascii() and found.isprintable()):
            yield f"{text.variable}: expected printable ASCII"
        elif text is external.address and not _is_address(found):
            yield f"{text.variable}: expected an address such as https://mail.example, of the service {external.name}"
    if external.auth == "mtls":
        yield from _uncertified(external, environ)


def _uncertified(external: External, environ: Mapping[str, str]) -> Iterator[str]:
    """Why a certificate cannot be shown; what is not set has been said."""
    names = " and ".join(text.variable for text in external.secrets.values())
    try:
        found = configured(external, environ)
        if found.address and not found.address.startswith("https:"):
            yield f"{external.address.variable}: expected https, where {external.name} is shown a certificate"
        if all(found.secrets.values()):
            connection_security(found.secrets)
    except (OSError, ValueError) as error:
        yield f"{names}: expected a certificate and its key as PEM: {error}"


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        return (
            parts.scheme in ("https", "http") and bool(parts.hostname) and not parts.query and parts.port != 0
        )
    except ValueError:
        return False


def _value(text: Text, environ: Mapping[str, str]) -> str:
    if not text.variable:
        return text.text
    if text.variable in environ:
        return environ[text.variable].strip()
    file = environ.get(f"{text.variable}_FILE")
    return Path(file).read_text(encoding="utf-8").strip() if file else ""


def connection_security(secrets: Mapping[str, str]) -> ssl.SSLContext:
    """Return how a connection shows the certificate of the caller (`certificate` with those between, and `key`, as PEM), and which
    services it trusts: those of `ca`, where there is one. Raises OSError (ssl.SSLError) for what is none, or does not belong together."""
    ca = secrets.get("ca")
    security = ssl.create_default_context(cadata=ca) if ca else httpx.create_ssl_context()
    # Only files can be loaded. This one is open to its owner alone, and gone at once.
    with tempfile.NamedTemporaryFile("w", encoding="utf-8", suffix=".pem") as file:
        file.write(f"{secrets['certificate']}\n{secrets['key']}\n")
        file.flush()
        # A key with a password is refused: nobody is asked for one.
        security.load_cert_chain(file.name, password="")  # nosec B106: none is accepted
    return security
