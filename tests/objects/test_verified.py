"""`bdc migrate verify` of migrations that drop what SQL made: what is kept aside is no difference, and its rows come back."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bdc.cli import exits
from bdc.cli.main import cli
from bdc.evolution import read_history
from bdc.verification.edges import verify

HEAD = "bds 1\nmodule s @names(postgres) @unguarded\n\nentity Other { id: int @id }\n"
BEFORE = """
sql \"\"\"
  create table customer (id int primary key, name text, note text) with (fillfactor = 50);
  create table scratch (id int primary key);
  create sequence numbers;
  create function touch() returns trigger language plpgsql as $$ begin return new; end $$;
  create trigger "touch it" before update on customer for each row execute function touch();
\"\"\"
"""
AFTER = """
sql \"\"\"
  create table customer (id int primary key, name text, age int not null default 3) with (fillfactor = 60);
\"\"\"
dropped sql "column customer.note"
dropped sql "table scratch"
"""


def bdc(*arguments: str) -> str:
    result = CliRunner().invoke(cli, list(arguments))
    assert result.exit_code == exits.OK, result.output
    return result.output


@pytest.mark.long
@pytest.mark.postgres
def test_what_is_dropped_with_a_word_is_kept_and_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "spec" / "s.bds"
    file.parent.mkdir()
    file.write_text(HEAD + BEFORE, encoding="utf-8")
    bdc("build", "spec", "--out", "out", "--target", "postgres")
    file.write_text(HEAD + AFTER, encoding="utf-8")
    bdc("diff", "out", "spec", "--write", "--name", "less")
    found = list(verify(tmp_path / "out", read_history(tmp_path / "out"), everything=False))
    assert "no row or value is lost" in {each.question for each in found}
    assert [(each.question, each.findings) for each in found if each.findings] == []
