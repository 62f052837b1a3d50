"""The settings of an external service: how long it may take, how often it is tried, when it is left alone, how the caller shows itself."""

import re
from collections.abc import Iterator

from bdc import ir
from bdc.model.apis.readers import (
    Reader,
    Readers,
    Settings,
    amount,
    duration,
    ends,
    group,
    read_settings,
    told,
    whole,
)
from bdc.model.context import ResolveContext
from bdc.model.errors.externals import UnfitExternal
from bdc.model.errors.names import DuplicateMember, UnknownDeclaration
from bdc.model.errors.types import BadSetting
from bdc.model.expressions.literals import seconds
from bdc.model.nodes.deploy import Value
from bdc.model.nodes.external import ExternalAuth
from bdc.syntax import ast

_ADDRESS = re.compile(r"https?://[A-Za-z0-9._-]+(:[0-9]{1,5})?(/[^\s?#{}]*)?", re.ASCII)
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]{1,60}", re.ASCII)
# Kind of `auth` → what it needs, and what it may have.
_AUTH: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "bearer": (("token",), ()),
    "header": (("name", "value"), ()),
    "basic": (("user", "password"), ()),
    "oauth": (("token", "client", "secret"), ("scope",)),
    "hmac": (("secret",), ("header",)),
    "mtls": (("certificate", "key"), ("ca",)),
}
_PUBLIC = ("name", "header", "scope", "token", "client", "user")
"""What may be written as text; for the rest the environment is asked. (`token` of oauth is an address.)"""
_USAGE = {
    "bearer": 'auth bearer env("TOKEN")',
    "header": 'auth header { name: "X-Api-Key"  value: env("KEY") }',
    "basic": 'auth basic { user: env("USER_NAME")  password: env("PASSWORD") }',
    "oauth": 'auth oauth { token: "https://id.example/token"  client: env("CLIENT")  secret: env("SECRET") }',
    "hmac": 'auth hmac { secret: env("SECRET") }',
    "mtls": 'auth mtls { certificate: env("BANK_CERTIFICATE")  key: env("BANK_KEY") }',
}


def _time(value: ast.Expr | None) -> float | None:
    found = seconds(value) if isinstance(value, ast.QuantityLiteral) else None
    return float(found) if found is not None and 0.001 <= found <= 600 else None


def _within(name: str, least: float, most: float) -> Reader:
    read_time = duration(name, least=least)

    def read(value: ast.Expr) -> Settings | None:
        found = read_time(value)
        return found if found is not None and float(str(found[name])) <= most else None

    return read


def _count(name: str, least: int, most: int) -> Reader:
    def read(value: ast.Expr) -> Settings | None:
        found = whole(name, least)(value)
        return found if found is not None and (amount(value) or 0) <= most else None

    return read


_READERS: Readers = {
    "timeout": ("a time between 10 ms and 10 min (`2s`)", _within("timeout", 0.01, 600)),
    "retry": ("a whole number from 0 to 10", _count("retry", 0, 10)),
    "backoff": ("the first and the longest pause (`50ms..2s`)", ends("first", "last", _time)),
    "breaker": (
        "failures that open it, and how long it stays open (`{ failures: 5  open: 30s }`)",
        group(failures=_count("failures", 1, 1000), open=_within("open", 0.1, 3600)),
    ),
    "bulkhead": ("a whole number from 1 to 1000: calls at once", _count("bulkhead", 1, 1000)),
}
_ELSEWHERE = {"fallback": "write it at the operation: `op quote(…) -> Quote? @fallback(null)`"}


def settings(context: ResolveContext, declared: ast.ExternalDecl) -> dict[str, Value]:
    """Return what the settings say; what is wrong is reported and left out."""
    entries = [each for each in declared.items if isinstance(each, ast.Entry)]
    for each in [entry for entry in entries if entry.name.text in _ELSEWHERE]:
        name = each.name.text
        what = f"`{name}` stands in external `{declared.name.text}`"
        context.report(UnfitExternal(what, "not a setting", _ELSEWHERE[name], each.name.span))
        entries.remove(each)
    return dict(read_settings(context, entries, _READERS, f"external `{declared.name.text}`"))


def address(context: ResolveContext, value: ast.Expr) -> ir.DeployText:
    """Return where the service is: `env("URL")`, or an address; what is neither is reported."""
    found = told("at", lambda text: _ADDRESS.fullmatch(text) is not None)(value)
    if found is None:
        context.report(BadSetting("at", '`env("MAIL_URL")`, or `"https://…"`', value.span))
    text = (found or {}).get("at")
    return text if isinstance(text, ir.DeployText) else ir.DeployText()


def auth(context: ResolveContext, declared: ast.ExternalDecl) -> ExternalAuth | None:
    """Return how callers show themselves; None where nothing is said."""
    written = [each for each in declared.items if isinstance(each, ast.ExternalAuth)]
    for other in written[1:]:
        spans = other.kind.span, written[0].kind.span
        context.report(DuplicateMember("auth", other.kind.text, f"external `{declared.name.text}`", *spans))
    if not written:
        return None
    kind = written[0].kind
    if kind.text not in _AUTH:
        context.report(UnknownDeclaration("kind of auth", kind.text, kind.span, tuple(_AUTH)))
        return None
    values = _values(kind.text, written[0].value)
    if values is None:
        what = f"`auth {kind.text}` of external `{declared.name.text}` does not say all that it needs"
        help_ = f"write `{_USAGE[kind.text]}`; secrets come from the environment"
        context.report(UnfitExternal(what, "", help_, written[0].value.span))
        return None
    if kind.text == "mtls" and isinstance(declared.address, ast.StringLiteral):
        _is_encrypted(context, declared.address, kind)
    return ExternalAuth(kind.text, values)


def _is_encrypted(context: ResolveContext, address: ast.StringLiteral, kind: ast.Name) -> None:
    """A certificate is shown where a connection is encrypted, and nowhere else."""
    if address.value.startswith("http:"):
        what = f"`auth {kind.text}` at an address without encryption"
        context.report(UnfitExternal(what, "", "write an address with `https://`", address.span))


def _values(kind: str, written: ast.Expr) -> tuple[tuple[str, ir.DeployText], ...] | None:
    needed, possible = _AUTH[kind]
    if kind == "bearer" and not isinstance(written, ast.ObjectLiteral):
        single = _text(kind, "token", written)
        return (("token", single),) if single is not None else None
    if not isinstance(written, ast.ObjectLiteral):
        return None
    found = dict(_entries(kind, written))
    names = [entry.name.text for entry in written.entries]
    if None in found.values() or set(needed) - set(names) or set(names) - {*needed, *possible}:
        return None
    return tuple((name, text) for name, text in found.items() if text is not None)


def _entries(kind: str, written: ast.ObjectLiteral) -> Iterator[tuple[str, ir.DeployText | None]]:
    for entry in written.entries:
        yield entry.name.text, _text(kind, entry.name.text, entry.value)


def _text(kind: str, name: str, value: ast.Expr) -> ir.DeployText | None:
    """Return what is known when it is built, or the variable that has it; a secret is never written."""

    def fits(text: str) -> bool:
        if name not in _PUBLIC or (kind, name) == ("bearer", "token"):
            return False
        if name == "token":
            return _ADDRESS.fullmatch(text) is not None
        return (
            _HEADER.fullmatch(text) is not None
            if name in ("name", "header")
            else text.isascii() and text.isprintable()
        )

    if name in ("name", "header") and not isinstance(value, ast.StringLiteral):
        return None
    found = (told(name, fits)(value) or {}).get(name)
    return found if isinstance(found, ir.DeployText) else None
