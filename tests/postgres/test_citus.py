"""What `check --engine citus` reports is what the catalog of the database shows: a law over every test system."""

import re
from collections.abc import Iterator

import pytest
from tests.support.sampling import sampled
from tests.support.served import SYSTEMS

from bdc.catalog.tables import Table
from bdc.diagnostics import DiagnosticSink
from bdc.ir import SystemIR
from bdc.model import Model
from bdc.pipeline import compile_system
from bdc.project import load_project
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from bdc.targets import citus_misfits
from bdc.targets.citus import on_shards
from bdc.targets.citus_constructs import constructs

Found = set[tuple[str, str]]
WORDS = {
    "key": "lacks the tenant",
    "reference": "leads from|leaves the tenant",
    "null": "is set to null",
    "policy": "reads other rows",
    "tenant": "has no tenant",
}
NAMES = sorted(folder.name for folder in SYSTEMS.iterdir() if any(folder.glob("*.bds")))


@pytest.mark.parametrize("name", sampled(NAMES, 5))
def test_the_report_says_what_the_catalog_shows(name: str) -> None:
    files = load_project(SYSTEMS / name, DiagnosticSink()).files
    compiled = compile_system(files)
    assert compiled.system is not None, [found.code for found in compiled.diagnostics]
    assert _reported(compiled.model, compiled.system) == _shown(compiled.system)


def _reported(model: Model, system: SystemIR) -> Found:
    found = set()
    constructs = set(_constructs(system))
    for each in citus_misfits(model, system):
        assert each.help, "a finding says what to write"
        if (each.subject, each.why) in constructs:
            continue
        kinds = [kind for kind, words in WORDS.items() if re.search(words, each.why)]
        assert len(kinds) == 1, each.why
        found.add((each.subject, kinds[0]))
    return found


def _constructs(system: SystemIR) -> Iterator[tuple[str, str]]:
    """Yield what no table shows."""
    if any(entity.tenant_root for entity in system.entities):
        for _, subject, why, _ in constructs(system, compile_queries(on_shards(system))):
            yield subject, why


def _shown(system: SystemIR) -> Found:
    """Look at the tables as PostgreSQL would have them: not at the IR that the report is made from."""
    if not any(entity.tenant_root for entity in system.entities):
        return {(system.name, "tenant")}
    catalog = {table.name: table for table in physical_state(system, compile_queries(system)).tables}
    entities = {(table.name, table.schema_name): system.entity(table.entity) for table in system.tables}
    distributed = {
        name: f"{entity.tenant}_id"
        for name in catalog
        if (entity := entities.get((name.name, name.schema))) is not None
        and entity.tenant
        and not entity.tenant_root
    }
    found: Found = set()
    for name, table in catalog.items():
        entity = entities.get((name.name, name.schema))
        if entity is not None and table.parent is None:
            column = distributed.get(name)
            if column is not None:
                found |= {(entity.name, "key") for columns in _unique(table) if column not in columns}
            found |= {(entity.name, kind) for kind in _kinds(table, column, distributed)}
            conditions = [text for each in table.policies for text in (each.using, each.check) if text]
            found |= {
                (entity.name, "policy")
                for text in conditions
                if re.search(r"\bfrom\b|\bapp\.\w+\(", text, re.IGNORECASE)
            }
    return found


def _unique(table: Table) -> list[tuple[str | None, ...]]:
    """Return the columns of everything that may hold a value once."""
    keys: list[tuple[str | None, ...]] = [each.columns for each in table.uniques]
    keys += [table.primary_key.columns] if table.primary_key is not None else []
    keys += [tuple(key.column for key in index.keys) for index in table.indexes if index.unique]
    return keys + [
        tuple(key.column for key, operator in each.elements if operator == "=") for each in table.exclusions
    ]


def _kinds(table: Table, column: str | None, distributed: dict[object, str]) -> Found | set[str]:
    found = set()
    for key in table.foreign_keys:
        other = distributed.get(key.target)
        if other is None:
            continue
        if column is None or (column, other) not in zip(key.columns, key.target_columns, strict=True):
            found.add("reference")
        elif "set" in key.on_delete or "set" in key.on_update:
            found.add("null")
    return found
