"""Folders of migrations: what leads forward is run, in the order of the tool; the rest is named."""

import os
from pathlib import Path

import pytest

from bdc.importing.converge import converge
from bdc.importing.scripts import NoSource, left_out, read_folder
from bdc.importing.sources import read
from tests.support.postgres import Databases


def folder(root: Path, files: dict[str, str]) -> Path:
    for name, text in files.items():
        file = root / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")
    return root


def _names(path: Path) -> list[str]:
    return [Path(script.name).relative_to(path).as_posix() for script in read_folder(path).scripts]


@pytest.mark.parametrize(
    ("files", "order"),
    [
        (["1_a.sql", "2_b.sql", "10_c.sql"], ["1_a.sql", "2_b.sql", "10_c.sql"]),
        (["1.up.sql", "1.down.sql", "2.up.sql", "2.down.sql"], ["1.up.sql", "2.up.sql"]),
        (["1_x/up.sql", "1_x/down.sql"], ["1_x/up.sql"]),
        (["001.do.sql", "001.undo.sql"], ["001.do.sql"]),
        (["m/default/17_a/up.sql", "m/default/17_a/down.sql"], ["m/default/17_a/up.sql"]),
        (
            ["V10__c.sql", "V2__b.sql", "V1_1__e.sql", "V1__a.sql", "R__z.sql", "U2__b.sql", "afterMigrate.sql", "x/V3__d.sql"],
            ["V1__a.sql", "V1_1__e.sql", "V2__b.sql", "x/V3__d.sql", "V10__c.sql", "R__z.sql"],
        ),
        (["V1__a.sql", "B2__base.sql", "V2__b.sql", "V2.1__c.sql"], ["B2__base.sql", "V2.1__c.sql"]),
        (["V20240101.1__a.sql", "V20231231__b.sql"], ["V20231231__b.sql", "V20240101.1__a.sql"]),
        (["20_a/migration.sql", "3_b/migration.sql", "migration_lock.toml"], ["20_a/migration.sql", "3_b/migration.sql"]),
        (["structure.sql", "migrate/1_a.rb"], ["structure.sql"]),
        (["db/structure.sql", "db/migrate/1_a.rb"], ["db/structure.sql"]),
        (["A.SQL", "down.sql"], ["A.SQL"]),
    ],
)  # fmt: skip
def test_order(files: list[str], order: list[str], tmp_path: Path) -> None:
    path = folder(tmp_path, dict.fromkeys(files, "select 1;"))
    assert _names(path) == order


def test_sqitch_goes_by_its_plan(tmp_path: Path) -> None:
    path = folder(
        tmp_path, {f"{kind}/{name}.sql": "" for kind in ("deploy", "revert", "verify") for name in ("b", "a")}
    )
    (path / "sqitch.plan").write_text(
        "%syntax-version=1.0.0\n\nb 2024-01-01T00:00:00Z A <a@b>\n@v1\na [b] 2024-01-02T00:00:00Z A <a@b>\n",
        encoding="utf-8",
    )
    assert _names(path) == ["deploy/b.sql", "deploy/a.sql"]


@pytest.mark.parametrize(
    "text",
    [
        "-- +goose Up\n-- +goose StatementBegin\ncreate a;\n-- +goose StatementEnd\n-- +goose Down\ndrop a;",
        "-- +goose NO TRANSACTION\n--+goose up\ncreate a;\n\t-- +goose down\ndrop a;",
        "-- migrate:up transaction:false\ncreate a;\n\n-- migrate:down\ndrop a;",
        "-- +migrate Down\ndrop a;\n-- +migrate Up notransaction\ncreate a;",
        "-- Up Migration\ncreate a;\n-- Down Migration\ndrop a;",
        "# --- !Ups\ncreate a;\n# --- !Downs\ndrop a;",
        "create a;\n---- create above / drop below ----\ndrop a;",
        "create a;\n-- //@UNDO\ndrop a;",
    ],
)
def test_only_the_way_forward(text: str, tmp_path: Path) -> None:
    found = read_folder(folder(tmp_path, {"1_a.sql": text}))
    assert found.scripts[0].text.strip() == "create a;"
    assert any("leads back" in line or "way back" in line for line in left_out(found))


_NOTHING = {
    "empty": ({}, "without SQL"),
    "ruby": ({"db/migrate/1_a.rb": ""}, "schema_format"),
    "only back": ({"1.down.sql": ""}, "leads forward"),
    "alembic elsewhere": ({"env.py": "", "versions/a.py": ""}, "alembic upgrade head --sql"),
    "django of an app": ({"0001_initial.py": "from django.db import migrations"}, "manage.py"),
}


@pytest.mark.parametrize("kind", _NOTHING)
def test_nothing_to_run_says_what_to_do(kind: str, tmp_path: Path) -> None:
    files, word = _NOTHING[kind]
    with pytest.raises(NoSource, match=word):
        read_folder(folder(tmp_path, files))


def test_programs_print_their_sql(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Alembic and Django are asked; what they say in anger is shown."""
    alembic = folder(
        tmp_path / "a",
        {
            "alembic.ini": "",
            ".venv/bin/alembic": '#!/bin/sh\n[ "$*" = "upgrade head --sql" ] && echo "create table a ();"\n',
        },
    )
    (alembic / ".venv/bin/alembic").chmod(0o755)
    assert read_folder(alembic).scripts[0].text == "create table a ();\n"
    django = folder(
        tmp_path / "d",
        {
            "manage.py": "",
            ".venv/bin/python": '#!/bin/sh\ncase "$2" in showmigrations) echo "[ ]  app.0001_initial"; echo "[X]  app.0002_more";; *) echo "-- $3 $4";; esac\n',
        },
    )
    (django / ".venv/bin/python").chmod(0o755)
    assert read_folder(django).scripts[0].text == "-- app 0001_initial\n\n-- app 0002_more\n"
    (alembic / ".venv/bin/alembic").write_text("#!/bin/sh\necho 'no env' >&2; exit 3\n", encoding="utf-8")
    with pytest.raises(NoSource, match="no env"):
        read_folder(alembic)
    assert os.access(alembic / ".venv/bin/alembic", os.X_OK)


@pytest.mark.postgres
def test_a_folder_becomes_entities_in_its_order(tmp_path: Path, databases: Databases) -> None:
    path = folder(
        tmp_path,
        {
            "V1__init.sql": "create table zebra (id serial primary key, n text not null);",
            "V2__b.sql": "create table ant (id serial primary key, zebra_id int references zebra);\ninsert into ant values (1, null);",
            "V10__c.sql": "alter table ant add column c text;\nalter table zebra add constraint zebra_n_key unique (n);",
            "V9__d.sql": "-- +goose Up\nalter table ant add column d text;\n-- +goose Down\nalter table ant drop column d;",
            "R__view.sql": "create view ants as select * from ant;",
            "V3__history.sql": "create table flyway_schema_history (installed_rank int primary key);",
        },
    )

    def fresh() -> str:
        return databases.fresh().superuser_url

    found = read(str(path), fresh)
    text = converge(found.database, "zoo", fresh).files["zoo.bds"]
    assert text.index("entity Zebra") < text.index("entity Ant")
    assert text.index("d: text?") < text.index("c: text?") and "flyway" not in text
    assert "1 `insert`: rows are no part of a specification (seeds are: see `seed`)" in found.left_out
    assert any("the history of Flyway" in line for line in found.left_out)
    with pytest.raises(NoSource, match="leaves no table"):
        read(str(folder(tmp_path / "none", {"1.sql": "create table a (); drop table a;"})), fresh)
