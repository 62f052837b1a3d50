"""What a report advises compiles: each piece of it is put where it says."""

import re
from pathlib import Path

import pytest

from bdc.importing.converge import converge
from bdc.importing.made_by_application import made_by_application
from bdc.importing.sources import read
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from tests.support.postgres import Databases

_TABLES = """
create table a (id uuid primary key, updated_at timestamptz not null, changed date);
create table b (id text primary key, modified timestamp(3), last_update timestamptz not null default now());
create table c (id varchar(20) primary key, n int);
create table d (id varchar(36) primary key, "updatedAt" timestamp not null default current_timestamp);
create table e (id int primary key);
create table f (id smallint primary key);
create table g (id numeric(9) primary key);
create table h (id date primary key);
"""
_ADVICE = re.compile(r"`(?P<entity>\w+)\.(?P<field>\w+)`: ")


@pytest.mark.postgres
def test_advice_compiles(tmp_path: Path, databases: Databases) -> None:
    source = tmp_path / "tables.sql"
    source.write_text(_TABLES, encoding="utf-8")

    def fresh() -> str:
        return databases.fresh().superuser_url

    imported = converge(read(str(source), fresh).database, "tables", fresh)
    advice = list(made_by_application(imported.scope))
    assert len(advice) == 12
    for line in advice:
        text = _followed(imported.files["tables.bds"], line)
        compilation = compile_system([SourceFile("tables.bds", text)])
        assert compilation.system is not None, (line, [each.message for each in compilation.diagnostics])


def _followed(text: str, line: str) -> str:
    """Put the words in backticks at the field that a line of advice is about."""
    about = _ADVICE.match(line)
    assert about is not None
    words = re.findall(r"`([^`]+)`", line[about.end() :])
    head, found, rest = text.partition(f"entity {about['entity']} ")
    member = re.search(rf"^  {about['field']}: (\w+(?:\([^)]*\))?)(\?)?(.*)$", rest, re.MULTILINE)
    assert found and member is not None
    kind, optional, more = member[1], member[2] or "", member[3]
    if "?" in words:
        optional, words = "", [word for word in words if word != "?"]
    default = next((word for word in words if word.startswith("= ")), "")
    attributes = " ".join(word for word in words if word.startswith("@"))
    made = f"  {about['field']}: {kind}{optional} {default}{more} {attributes}"
    return head + found + rest[: member.start()] + made + rest[member.end() :]
