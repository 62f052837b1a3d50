"""How an api looks to its callers: the entries of `profile { … }`, and the names of envelopes."""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bdc import ir
from bdc.model.attributes import Attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.names import UnknownSetting
from bdc.model.errors.policies import TwoOf
from bdc.model.errors.types import AttributeArgument, BadSetting
from bdc.model.nodes.policy import Word
from bdc.source import Span
from bdc.syntax import ast

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,62}")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9-]{0,30}")
_PATH = re.compile(r"/[A-Za-z0-9/_-]*[A-Za-z0-9_-]")
Read = Callable[[ast.Expr], Any]


def _word(*known: str) -> Read:
    def read(given: ast.Expr) -> Any:
        return given.text if isinstance(given, ast.Path) and given.text in known else None

    return read


def _number(*known: int) -> Read:
    def read(given: ast.Expr) -> Any:
        return given.value if isinstance(given, ast.IntLiteral) and given.value in known else None

    return read


def _text(pattern: re.Pattern[str]) -> Read:
    def read(given: ast.Expr) -> Any:
        fits = isinstance(given, ast.StringLiteral) and pattern.fullmatch(given.value)
        return given.value if fits and isinstance(given, ast.StringLiteral) else None

    return read


def _flag(given: ast.Expr) -> Any:
    return given.value if isinstance(given, ast.BoolLiteral) else None


def _enveloped(given: ast.Expr) -> Any:
    return _flag(given) if isinstance(given, ast.BoolLiteral) else _word("answers")(given)


SETTINGS: Mapping[str, tuple[Read, str]] = MappingProxyType(
    {
        "names": (_word("snake", "camel"), "snake or camel"),
        "envelope": (_enveloped, "true, false or answers"),
        "errors": (_word("problem", "members"), "problem or members"),
        "invalid": (_number(400, 422), "400 or 422"),
        "update": (_word("PATCH", "PUT"), "PATCH or PUT"),
        "created": (_number(200, 201), "200 or 201"),
        "deleted": (_number(200, 204), "200 or 204"),
        "scheme": (_text(_SCHEME), 'a word in quotes (`"Token"`)'),
        "sign_up": (_text(_PATH), 'a path (`"/users"`)'),
        "sign_in": (_text(_PATH), 'a path (`"/users/login"`)'),
        "token": (_text(_NAME), 'a name in quotes (`"token"`)'),
        "password": (_text(_NAME), 'a name in quotes (`"password"`)'),
    }
)


def resolve_profile(context: ResolveContext, declared: ast.ApiDecl) -> tuple[ir.Profile | None, Span | None]:
    """Return the profile of an api and its place; None where nothing is written."""
    items = [item for item in declared.items if isinstance(item, ast.ProfileItem)]
    for extra in items[1:]:
        context.report(TwoOf("a profile", extra.span, items[0].span))
    if not items:
        return None, None
    found: dict[str, Any] = {}
    for entry in items[0].settings.entries:
        name = entry.name.text
        if name not in SETTINGS:
            context.report(UnknownSetting(name, "`profile`", entry.name.span, tuple(SETTINGS)))
            continue
        read, wanted = SETTINGS[name]
        value = read(entry.value)
        if value is None:
            context.report(BadSetting(name, wanted, entry.value.span))
        else:
            found[name] = value
    if found.get("envelope") == "answers":
        found |= {"envelope": True, "bare": True}
    return ir.Profile(**found), items[0].span


def resolve_envelope(context: ResolveContext, attributes: Attributes) -> tuple[Word, ...]:
    """Return the names in `@envelope("article", "articles")`."""
    words = attributes.words("envelope")
    written = attributes.get("envelope")
    if written is not None and (len(words) > 2 or not all(_NAME.fullmatch(word.text) for word in words)):
        usage = '@envelope("article", "articles")'
        context.report(
            AttributeArgument("envelope", "takes one name, or that of many too", usage, written.span)
        )
        return ()
    return tuple(Word(word.text, word.span) for word in words)
