"""Webhooks that come in: where, how they are signed, for how long."""

import re
from typing import Literal

from bdc.model.apis.readers import Readers, Settings, choice, duration, read_settings
from bdc.model.behaviour.streams import variable_of
from bdc.model.behaviour.webhooks import KEEP
from bdc.model.context import ResolveContext
from bdc.model.errors.names import DuplicateMember
from bdc.model.errors.types import BadSetting
from bdc.model.nodes.webhooks import Receiver
from bdc.syntax import ast

SCHEMES: tuple[Literal["standard", "stripe", "github"], ...] = ("standard", "stripe", "github")
TOLERANCE = 300.0
_LONGEST = 86_400
_FIRST = "/hooks"
_PATH = re.compile(r"/hooks(/[a-z0-9][a-z0-9-]{0,39}){1,3}", re.ASCII)
_VARIABLE = re.compile(r"[A-Z][A-Z0-9_]{0,60}", re.ASCII)


def receiver(context: ResolveContext, declared: ast.SourceDecl) -> None:
    """Add what `source NAME from webhook at "/hooks/…"` declares."""
    name = declared.name
    entries = tuple(each for each in declared.items if isinstance(each, ast.Entry))
    settings = dict(read_settings(context, entries, _READERS, "`source`"))
    path = declared.address.value if isinstance(declared.address, ast.StringLiteral) else ""
    if _PATH.fullmatch(path) is None or _is_taken(context, path):
        wanted = 'a path below `/hooks` that nothing else has, such as `"/hooks/shop"`'
        context.report(BadSetting("at", wanted, declared.address.span))
        return
    if "secret" not in settings:
        if not any(each.name.text == "secret" for each in entries):
            context.report(BadSetting("secret", _READERS["secret"][0], name.span))
        return
    other = context.receivers.get(name.text) or context.sources.get(name.text)
    if other is not None:
        context.report(DuplicateMember("source", name.text, "the system", name.span, other.span))
        return
    context.receivers[name.text] = Receiver(
        name.text,
        name.span,
        path,
        str(settings["secret"]),
        next(each for each in SCHEMES if each == settings.get("signature", SCHEMES[0])),
        float(settings.get("tolerance", TOLERANCE)),  # type: ignore[arg-type]
        float(settings.get("keep", KEEP)),  # type: ignore[arg-type]
    )


def _is_taken(context: ResolveContext, path: str) -> bool:
    if any(each.path == path for each in context.receivers.values()):
        return True
    for api in context.apis:
        base = api.path.rstrip("/")
        if base == _FIRST or base.startswith(f"{_FIRST}/"):
            return True
        paths = [each.path for each in api.resources] + [
            each.http.path for each in api.operations if each.http is not None and each.http.path
        ]
        if not base and any(f"{each}/".startswith((f"{_FIRST}/", "/{")) for each in paths):
            return True
    return False


def _secret(value: ast.Expr) -> Settings | None:
    found = variable_of(value)
    return {"secret": found} if found is not None and _VARIABLE.fullmatch(found) else None


def _tolerance(value: ast.Expr) -> Settings | None:
    found = duration("tolerance", least=10)(value)
    return found if found is not None and float(found["tolerance"]) <= _LONGEST else None  # type: ignore[arg-type]


_READERS: Readers = {
    "secret": ('a variable in capital letters (`env("SHOP_WEBHOOK_SECRET")`)', _secret),
    "signature": ("`standard`, `stripe` or `github`", choice("signature", *SCHEMES)),
    "tolerance": ("a time from 10s to 1d (`5m`)", _tolerance),
    "keep": ("a time of at least one day (`30d`)", duration("keep", least=86_400)),
}
