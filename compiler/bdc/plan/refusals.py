"""Why a change is not planned, in words: what, where, and what to write instead."""

import re

from bdc.ddl.names import Name
from bdc.diagnostics.catalogue.plan import (
    CANNOT_PLAN,
    REMOVED_SQL,
    REMOVED_UNSAID,
    RENAMED_OR_REPLACED,
    REQUIRED_WITHOUT_VALUE,
)
from bdc.naming.casing import pascal, snake
from bdc.plan.hints import spelled
from bdc.plan.operation import Refusal
from bdc.plan.worded import refusal

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?")
_BEYOND = re.compile(r"[^a-z0-9]+")
_DECLARATIONS = {"table": "entity"}  # what declares it in the language


def cannot_plan(object_name: str, why: str, instead: str) -> Refusal:
    return refusal(CANNOT_PLAN, object_name, why=why, instead=instead)


def renamed_or_removed(kind: str, parent: str, old: str, new: str) -> Refusal:
    inside = f" in {parent}" if parent else ""
    dropped = f"dropped {_named(old)}" if parent else _gone(kind, old)
    quoted = _was(old, parent)
    return refusal(
        RENAMED_OR_REPLACED,
        f"{parent}.{old}" if parent else old,
        fixes=(f"@was({quoted})", dropped),
        kind=kind,
        old=old,
        new=new,
        inside=inside,
        quoted=quoted,
        dropped=dropped,
    )


def removed_unsaid(kind: str, parent: str, name: str) -> Refusal:
    whole = f"{parent}.{name}" if parent else name
    gone = f"dropped {_named(name)}" if parent else _gone(kind, name)
    quoted = _was(name, parent)
    return refusal(
        REMOVED_UNSAID, whole, fixes=(f"@was({quoted})", gone), kind=kind, quoted=quoted, dropped=gone
    )


def _gone(kind: str, name: str) -> str:
    """Return what says that a declaration is gone; `name`: the database's, with its schema where that is not `public`."""
    schema, _, own = name.rpartition(".")
    declared = pascal(_BEYOND.sub("_", own.lower()).strip("_")) or "It"
    physical = "native" if kind == "enum" else "table"
    called = "" if snake(declared) == own and kind != "enum" else f' @{physical}("{own}")'
    placed = f' @schema("{schema}")' if schema else ""
    return f"dropped {_DECLARATIONS.get(kind, kind)} {declared}{called}{placed}"


def _was(name: str, parent: str) -> str:
    """Return a name as `@was` takes it: of a declaration without its schema."""
    return _quoted(name if parent else name.rpartition(".")[2])


def _quoted(name: str) -> str:
    return name if _WORD.fullmatch(name) else f'"{name}"'


def _named(name: str) -> str:
    """Return a name as `dropped` takes it; with what the database calls it, where the language cannot write that."""
    return name if _WORD.fullmatch(name) else f'{_BEYOND.sub("_", name).strip("_") or "it"} @column("{name}")'


def required_without_value(table: Name, column: str) -> Refusal:
    whole = f"{spelled(table)}.{column}"
    return refusal(REQUIRED_WITHOUT_VALUE, whole, column=column)


def in_sql(refused: Refusal, tables: frozenset[Name]) -> Refusal:
    """Return the refusal with what to write where it is about a table of SQL (one of `tables`), or a column of one."""
    names = {spelled(table) for table in tables}
    if refused.code not in (RENAMED_OR_REPLACED.code, REMOVED_UNSAID.code) or not names:
        return refused
    parent, dot, _ = refused.object.rpartition(".")
    if refused.object not in names and not (dot and parent in names):
        return refused
    kind = "table" if refused.object in names else "column"
    word = sql_word(f"{kind} {refused.object}")
    help_ = (
        f"write `{word}`, with `@discard` when what it holds may be lost, or put it back into its statement"
    )
    return refused.model_copy(update={"help": help_, "fixes": (word,)})


def sql_word(what: str) -> str:
    """Return how a specification says that something its SQL made may go."""
    text = " ".join(what.split())
    return f'dropped sql """{text}"""' if '"' in text else f'dropped sql "{text}"'


def removed_sql(kind: str, name: str, what: str) -> Refusal:
    """`what`: as DROP would call it (`table customer`)."""
    word = sql_word(what)
    short = name.removeprefix(kind).strip()
    return refusal(REMOVED_SQL, name, fixes=(word,), kind=kind, name=short, dropped=word)
