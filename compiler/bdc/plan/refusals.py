"""Why a change is not planned, in words: what, where, and what to write instead."""

import re

from bdc.ddl.names import Name
from bdc.plan.hints import spelled
from bdc.plan.operation import Refusal

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?")
_BEYOND = re.compile(r"[^a-z0-9]+")
_DECLARATIONS = {"table": "entity"}  # what declares it in the language


def cannot_plan(object_name: str, why: str, instead: str) -> Refusal:
    return Refusal(code="E501", object=object_name, message=f"{object_name}: {why}", help=instead)


def renamed_or_removed(kind: str, parent: str, old: str, new: str) -> Refusal:
    inside = f" in {parent}" if parent else ""
    return Refusal(
        code="E502",
        object=f"{parent}.{old}" if parent else old,
        message=f"was {kind} {old}{inside} renamed to {new}, or dropped?",
        help=f"write `@was({_quoted(old)})` on {new} when it is the same, or `dropped {_named(old)}` when it is not",
        fixes=(f"@was({_quoted(old)})", f"dropped {_named(old)}"),
    )


def removed_unsaid(kind: str, parent: str, name: str) -> Refusal:
    whole = f"{parent}.{name}" if parent else name
    gone = f"dropped {_named(name)}" if parent else f"dropped {_DECLARATIONS.get(kind, kind)} …"
    return Refusal(
        code="E503",
        object=whole,
        message=f"{kind} {whole} was removed without `dropped`",
        help=f"write `@was({_quoted(name)})` on what it has become, or `{gone}` where it stood, with what becomes of its data, or put it back",
        fixes=(f"@was({_quoted(name)})", gone),
    )


def _quoted(name: str) -> str:
    """Return a name as `@was` takes it."""
    return name if _WORD.fullmatch(name) else f'"{name}"'


def _named(name: str) -> str:
    """Return a name as `dropped` takes it; with what the database calls it, where the language cannot write that."""
    return name if _WORD.fullmatch(name) else f'{_BEYOND.sub("_", name).strip("_") or "it"} @column("{name}")'


def required_without_value(table: Name, column: str) -> Refusal:
    whole = f"{spelled(table)}.{column}"
    return Refusal(
        code="E504",
        object=whole,
        message=f"{whole} is required, and rows that exist have nothing for it",
        help=f"give {column} a default, or say with `backfill` what those rows get, or make it optional",
    )


def in_sql(refusal: Refusal, tables: frozenset[Name]) -> Refusal:
    """Return the refusal with what to write where it is about a table of SQL (one of `tables`), or a column of one."""
    names = {spelled(table) for table in tables}
    if refusal.code not in ("E502", "E503") or not names:
        return refusal
    parent, dot, _ = refusal.object.rpartition(".")
    if refusal.object not in names and not (dot and parent in names):
        return refusal
    kind = "table" if refusal.object in names else "column"
    word = sql_word(f"{kind} {refusal.object}")
    help_ = (
        f"write `{word}`, with `@discard` when what it holds may be lost, or put it back into its statement"
    )
    return refusal.model_copy(update={"help": help_, "fixes": (word,)})


def sql_word(what: str) -> str:
    """Return how a specification says that something its SQL made may go."""
    text = " ".join(what.split())
    return f'dropped sql """{text}"""' if '"' in text else f'dropped sql "{text}"'


def removed_sql(kind: str, name: str, what: str) -> Refusal:
    """`what`: as DROP would call it (`table customer`)."""
    return Refusal(
        code="E503",
        object=name,
        message=f"{kind} {name.removeprefix(kind).strip()} is gone, and nothing says that it may",
        help=f"write `{sql_word(what)}`, with `@discard` when its rows may be lost, or put it back",
        fixes=(sql_word(what),),
    )
