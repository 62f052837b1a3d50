"""What the database itself puts into a column: numbers, and values that follow from the row."""

import re

from bdc.model.attributes import Attributes
from bdc.model.context import ResolveContext
from bdc.model.errors.types import AttributeArgument, DefaultNotAllowed, MisplacedAttribute
from bdc.model.nodes.entity import Generated, Identity
from bdc.model.typing.types import WHOLE, describe, scalar_of
from bdc.model.typing.written import Typed
from bdc.syntax import ast

_SPELLED = {
    "increment": "increment by",
    "min": "minvalue",
    "max": "maxvalue",
    "start": "start with",
    "cache": "cache",
}
_OPTION = re.compile(
    r"\bincrement(?:\s+by)?\s+(?P<increment>-?\d+)|\bminvalue\s+(?P<min>-?\d+)|\bmaxvalue\s+(?P<max>-?\d+)"
    r"|\bstart(?:\s+with)?\s+(?P<start>-?\d+)|\bcache\s+(?P<cache>\d+)|\b(?P<cycle>cycle)\b",
    re.IGNORECASE,
)


def numbering(
    context: ResolveContext, declared: ast.FieldDecl, typed: Typed, attributes: Attributes
) -> tuple[Identity | None, str | None]:
    """Return what `@identity` and `@serial` say: the kind of identity, and the sequence ("": by PostgreSQL's own name)."""
    for name in ("identity", "serial"):
        if not attributes.has(name):
            continue
        span, why = attributes.by_name[name].span, ""
        if scalar_of(typed.type) not in WHOLE:
            why = f"it is for whole numbers, and this is `{describe(typed.type)}`"
        elif typed.nullable:
            why = "every row has a number, so `?` has no meaning"
        elif name == "serial" and attributes.has("identity"):
            why = "`@identity` already numbers it"
        if why:
            context.report(MisplacedAttribute(name, why, span))
            return None, None
        if declared.default is not None:
            context.report(
                DefaultNotAllowed(declared.name.text, "the database numbers it", declared.default.span)
            )
    if attributes.has("identity"):
        by_default = attributes.choice("identity", ("by_default",)) is not None
        return ("by_default" if by_default else "always"), None
    return None, (attributes.optional_text("serial") or "") if attributes.has("serial") else None


def sequence_options(context: ResolveContext, attributes: Attributes, *, numbered: bool) -> str:
    """Return what `@sequence("…")` says of the sequence of a numbered field, in the order and spelling of PostgreSQL."""
    text = attributes.text("sequence")
    if text is None:
        return ""
    span = attributes.by_name["sequence"].span
    if not numbered:
        context.report(MisplacedAttribute("sequence", "it is for fields with `@identity` or `@serial`", span))
        return ""
    found: dict[str, str] = {}
    for option in _OPTION.finditer(text):
        for word, spelled in _SPELLED.items():
            if option[word] is not None:
                found[spelled] = option[word]
        if option["cycle"]:
            found["cycle"] = ""
    if not text.strip() or _OPTION.sub("", text).strip():
        context.report(
            AttributeArgument(
                "sequence", "expects options of a sequence", attributes.usages["sequence"], span
            )
        )
        return ""
    return " ".join(
        f"{word} {found[word]}".strip() for word in (*_SPELLED.values(), "cycle") if word in found
    )


def generation(context: ResolveContext, attributes: Attributes) -> Generated | None:
    """Return how a computed field is kept; None: it is part of the queries that read it, and has no column."""
    if attributes.has("stored") and attributes.has("virtual"):
        why = "it is `@stored` already"
        context.report(MisplacedAttribute("virtual", why, attributes.by_name["virtual"].span))
    if attributes.has("stored"):
        return "stored"
    if attributes.has("virtual"):
        return "virtual"
    for name in ("column", "db", "collate"):
        if attributes.has(name):
            why = "it has no column: write `@stored` or `@virtual` for one"
            context.report(MisplacedAttribute(name, why, attributes.by_name[name].span))
    return None
