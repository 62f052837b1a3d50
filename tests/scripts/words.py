"""What a plan asks for, written into the texts as its author would: `dropped …`, `@backfill(…)`.

What is gone and what came is taken for two things, never for a rename: the scripts do not say that.
"""

import re
from collections.abc import Iterator

from bdc.evolution.next_migration import Step
from bdc.importing.text import sql as said
from bdc.ir import SystemIR, Table
from bdc.plan import Refusal
from bdc.verification.rows.values import own_types, salt, value

Files = dict[str, str]
_TYPE = r"[\w.]+(?:\([^)]*\))?(?:\[\])*\??"


def worded(files: Files, step: Step, before: SystemIR) -> Files:
    """Return the texts with what the refusals ask for; as they were, where nothing can be told."""
    for refusal in step.planned.refusals:
        word = next((fix for fix in refusal.fixes if fix.startswith("dropped ")), "")
        if word.startswith("dropped sql"):
            files = _at_the_end(files, word)
        elif refusal.code in ("E502", "E503"):
            files = _dropped(files, refusal, word, step.system, before)
        elif refusal.code == "E504":
            files = _given(files, refusal, step)
        elif refusal.code == "E501" and "@backfill" in refusal.help:
            files = _converted(files, refusal, step)
    return files


def _dropped(files: Files, refusal: Refusal, word: str, system: SystemIR, before: SystemIR) -> Files:
    for whole in _declarations(refusal.object, before):
        return _at_the_end(files, whole)
    parent, _, name = refusal.object.rpartition(".")
    for table in system.tables:
        if _spelled(table) == parent:
            return _inside(
                files, f"entity {table.entity}", word if "@column" in word else f'{word} @column("{name}")'
            )
    for enum in system.enums:
        if enum.native is not None and _in_schema(enum.schema_name, enum.native) == parent:
            return _inside(files, f"enum {enum.name}", f"dropped {name}")
    return files


def _declarations(name: str, before: SystemIR) -> Iterator[str]:
    for table in before.tables:
        if _spelled(table) == name:
            yield f'dropped entity {table.entity} @table("{table.name}"){_placed(table.schema_name)}'
    for enum in before.enums:
        if enum.native is not None and _in_schema(enum.schema_name, enum.native) == name:
            yield f'dropped enum {enum.name} @native("{enum.native}"){_placed(enum.schema_name)}'


def _placed(schema: str | None) -> str:
    return "" if schema in (None, "public") else f' @schema("{schema}")'


def _given(files: Files, refusal: Refusal, step: Step) -> Files:
    """Rows that exist get a value of the column's type."""
    for entity, column, kind in _columns(refusal, step):
        sql = value(own_types(step.new), kind, salt(column), 1)
        if sql is not None:
            return _on_field(files, entity, column, sql)
    return files


def _converted(files: Files, refusal: Refusal, step: Step) -> Files:
    for entity, column, kind in _columns(refusal, step):
        return _on_field(files, entity, column, f"{column}::text::{kind}")
    return files


def _columns(refusal: Refusal, step: Step) -> Iterator[tuple[str, str, str]]:
    parent, _, name = refusal.object.rpartition(".")
    for table in step.system.tables:
        if _spelled(table) == parent:
            for found in step.new.tables:
                if (found.name.name, found.name.schema) == (table.name, table.schema_name):
                    yield from (
                        (table.entity, name, each.type) for each in found.columns if each.name == name
                    )


def _spelled(table: Table) -> str:
    return _in_schema(table.schema_name, table.name)


def _in_schema(schema: str | None, name: str) -> str:
    return name if schema in (None, "public") else f"{schema}.{name}"


def _at_the_end(files: Files, line: str) -> Files:
    first = next(iter(files))
    return files if line in files[first] else files | {first: f"{files[first]}\n{line}\n"}


def _inside(files: Files, head: str, line: str) -> Files:
    """Put the line at the beginning of a declaration."""
    pattern = re.compile(rf"^{re.escape(head)}\b.*?\{{\n", re.MULTILINE | re.DOTALL)
    for name, text in files.items():
        if (found := pattern.search(text)) is not None and f"{found[0]}  {line}\n" not in text:
            return files | {name: f"{text[: found.end()]}  {line}\n{text[found.end() :]}"}
    return files


def _on_field(files: Files, entity: str, field: str, sql: str) -> Files:
    word = f"@backfill({said(sql)})"
    pattern = re.compile(
        rf"^entity {entity}\b.*?^  {re.escape(field)}: {_TYPE}(?: = \S+)?", re.MULTILINE | re.DOTALL
    )
    for name, text in files.items():
        if (found := pattern.search(text)) is not None and not text[found.end() :].startswith(f" {word}"):
            return files | {name: f"{text[: found.end()]} {word}{text[found.end() :]}"}
    return files
