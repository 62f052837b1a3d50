"""Prisma's schema files: the database that they say is the one that their migrations made."""

from collections import Counter
from pathlib import Path

import pytest

from bdc.catalog import Difference, differences
from bdc.importing.converge import converge
from bdc.importing.prisma import prisma_database
from bdc.importing.prisma.parse import PrismaError
from bdc.importing.sources import Read, read, read_source
from bdc.stack.loading import normalised
from tests.importing.accounts import named
from tests.importing.test_round_trip import migrated
from tests.support import corpus
from tests.support.postgres import Databases


def _schema(name: str) -> str:
    return (corpus.CORPUS / name / "schema.prisma").read_text(encoding="utf-8")


# What authors wrote into migrations by hand, so that their schema says something else: by kind, how often and one of them.
_BY_HAND = {
    "prisma-umami": {
        "an object that no schema has words for": (1, "extension pgcrypto"),
        "an index that the migrations forgot": (1, "session_replay_visit_id_idx"),
        "a constraint where Prisma makes an index": (2, "session_replay_saved_website_id_visit_id_key"),
    },
    "prisma-hoppscotch": {
        "an object that no schema has words for": (4, "trigger_sync_mock_examples_team_request"),
        "an index that no schema has words for": (4, "TeamRequest_title_trgm_idx"),
        "a constraint where Prisma makes an index": (8, "TeamRequest_teamID_collectionID_orderIndex_key"),
    },
    "prisma-langfuse": {
        "an index that no schema has words for": (7, "verified_domains_domain_verified_key"),
        "a constraint where Prisma makes an index": (2, "default_llm_models_project_id_key"),
        "a list that is NOT NULL": (8, "evaluation_rules, column time_scope"),
        "an empty list in other words": (6, "comments, column path"),
        "a label added at the end": (2, "EvaluatorBlockReason"),
    },
}


def _kind(found: Difference, all_paths: frozenset[str]) -> str:
    """What hand-written SQL it comes of; the difference itself where none is known."""
    twins = {found.path.replace(*pair) for pair in ((", unique ", ", index "), (", index ", ", unique "))}
    if len(twins) == 2 and twins <= all_paths:
        return "a constraint where Prisma makes an index"
    if ", index " in found.path:
        return "an index that " + (
            "no schema has words for" if found.old is None else "the migrations forgot"
        )
    if found.attribute is None and found.old is None:
        return "an object that no schema has words for"
    if (found.attribute, found.old, found.new) == ("not_null", False, True):
        return "a list that is NOT NULL"
    if found.attribute == "default" and (str(found.old)[:8], str(found.new)[:4]) == ("ARRAY[]:", "'{}'"):
        return "an empty list in other words"
    if found.attribute == "labels" and set(found.old) == set(found.new):
        return "a label added at the end"
    return str(found)


@pytest.mark.postgres
@pytest.mark.parametrize("name", corpus.HISTORIES)
def test_a_schema_is_what_its_migrations_made_but_for_what_was_written_by_hand(
    name: str, databases: Databases
) -> None:
    said, left_out = prisma_database(_schema(name))
    found = differences(normalised(said, databases.fresh().superuser_url), migrated(name, databases))
    paths = frozenset(each.path for each in found)
    kinds = [(_kind(each, paths), each.path) for each in found]
    assert Counter(kind for kind, _ in kinds) == {kind: count for kind, (count, _) in _BY_HAND[name].items()}
    for kind, (_, example) in _BY_HAND[name].items():
        assert any(found == kind and example in path for found, path in kinds)
    assert "stands in no schema" in left_out[-1]


@pytest.mark.postgres
def test_a_schema_becomes_entities(databases: Databases) -> None:
    said, left_out = prisma_database(_schema("prisma-umami"))
    made = normalised(said, databases.fresh().superuser_url)
    assert "User.updatedAt: @updatedAt is kept by Prisma's client" in left_out
    imported = converge(made, "umami", lambda: databases.fresh().superuser_url)
    assert (len(imported.scope.entities), imported.opaque) == (17, {})


@pytest.mark.postgres
def test_what_the_client_makes_becomes_a_default(tmp_path: Path, databases: Databases) -> None:
    """A column that holds it gets it; the report says which, and what the database cannot keep."""
    source = tmp_path / "made.prisma"
    source.write_text(_MADE, encoding="utf-8")
    database, left_out = read_source(str(source), lambda: databases.fresh().superuser_url)
    found = {column.name: column.default for table in database.tables for column in table.columns}
    assert found == {
        "id": "(gen_random_uuid())::text",
        "token": "gen_random_uuid()",
        "later": "uuidv7()",
        "short": None,
        "changed": "CURRENT_TIMESTAMP",
    }
    said = "A.id: cuid() is made by Prisma's client; the specification has the default `(gen_random_uuid())::text`"
    assert said in left_out and "A.short: nanoid() is made by Prisma's client" in left_out
    imported = converge(database, "made", lambda: databases.fresh().superuser_url)
    text = imported.files["made.bds"]
    assert "token: uuid = uuid4()" in text and "later: uuid = uuid7()" in text and imported.opaque == {}


_MADE = """
model A {
  id      String   @id @default(cuid())
  token   String   @default(uuid()) @db.Uuid
  later   String   @default(uuid(7)) @db.Uuid
  short   String   @default(nanoid(8)) @db.VarChar(8)
  changed DateTime @updatedAt
}
"""
_SMALL = """
/// Who writes.
model Author {
  id    Int      @id @default(autoincrement())
  email String   @unique @db.VarChar(80)
  mood  Mood     @default(happy)
  tags  Tag[]
  posts Post[]
  @@map("authors")
}
enum Mood { sad happy @map("it's fine") }
model Tag { id BigInt @id  authors Author[]  title String? @default("a \\"b\\"") }
model Post {
  author   Author   @relation(fields: [authorId], references: [id], onDelete: Cascade, map: "by")
  authorId Int      @map("author_id")
  number   Int
  at       DateTime @default(now()) @db.Timestamptz(6)
  score    Decimal  @default(0.5) @db.Decimal(5, 2)
  @@id([authorId, number])
  @@index([at(sort: Desc)], map: "newest")
}
"""


@pytest.mark.postgres
def test_a_small_schema(databases: Databases) -> None:
    database = normalised(prisma_database(_SMALL)[0], databases.fresh().superuser_url)
    imported = converge(database, "blog", lambda: databases.fresh().superuser_url)
    assert len(imported.scope.entities) == 4
    text = imported.files["blog.bds"]
    assert 'entity Author @table("authors")' in text and '@name("newest")' in text
    assert "@on_delete(cascade)" in text and "AuthorToTag" in text


def _imported(source: Path, databases: Databases) -> tuple[str, Read]:
    def fresh() -> str:
        return databases.fresh().superuser_url

    found = read(str(source), fresh)
    return "\n".join(converge(found.database, "whole", fresh, found.marks).files.values()), found


@pytest.mark.postgres
def test_everything_that_a_schema_may_say(databases: Databases) -> None:
    text, found = _imported(Path(__file__).with_name("whole.prisma"), databases)
    for line in (
        "/// A person who may log in.\nentity User",
        "/// As one says it.\n  name: string(..80)? @db(",
        "email: CiText",
        "@stamp(touched)",
        'unique (email) where sql("\\"deletedAt\\" IS NULL") @index @name("one_each")',
        'unique (title) where sql("number > 1") @index @name("few")',
        'entity Log @table("Log") @schema("audit")',
        "create extension if not exists pg_trgm;",
        "USER: All.",
    ):
        assert line in text, (line, text)
    order = [text.index(f"entity {name} ") for name in ("User", "Post", "Tag")]
    assert order == sorted(order)
    assert found.ledger is not None and named(found.ledger) == found.ledger.count[1] - found.ledger.count[0]


@pytest.mark.postgres
def test_files_of_a_folder_for_another_database(tmp_path: Path, databases: Databases) -> None:
    (tmp_path / "models").mkdir()
    (tmp_path / "schema.prisma").write_text(_MYSQL, encoding="utf-8-sig")
    (tmp_path / "models" / "post.prisma").write_text(_POST, encoding="utf-16")
    text, found = _imported(tmp_path, databases)
    for line in (
        "id: bigint @id @serial",
        'name: string(..191) @db("varchar(191)")',
        "flag: bool = true",
        "author: User ",
        "at: LocalTimestamp",
    ):
        assert line in text, (line, text)
    assert 'check id (sql("id >= 0"))' in text and "place: json?" in text
    assert "the database is mysql: types are those of PostgreSQL that hold the same values" in found.left_out
    assert "Post.odd: type shape is not known here, taken for text" in found.left_out


_MYSQL = """
datasource db {
  provider = "mysql"
  relationMode = "prisma"
}
model User {
  id    Int     @id @default(autoincrement()) @db.UnsignedInt
  name  String
  flag  Boolean @default(true) @db.TinyInt
  place Address?
  posts Post[]
  @@fulltext([name])
}
type Address { street String }
"""
_POST = """
model Post {
  id       String   @id @default(cuid())
  author   User     @relation(fields: [authorId], references: [id])
  authorId Int      @db.UnsignedInt
  at       DateTime @db.DateTime
  odd      Unsupported("shape")?
}
"""


@pytest.mark.postgres
def test_what_another_database_lets_pass(tmp_path: Path, databases: Databases) -> None:
    """Names that are one table's there, numbers that count as decimals, truths kept as a bit, and labels that look like numbers."""
    (tmp_path / "schema.prisma").write_text(_LOOSE, encoding="utf-8")
    text, found = _imported(tmp_path / "schema.prisma", databases)
    for line in (
        "unsigned: bool = false",
        "level: Level = n0",
        'index (number) @name("number")',
        'index (number) @name("Shelf_number")',
        'index (number) @name("Shelf_number_2")',
    ):
        assert line in text, (line, text)
    assert "nextval(" in text
    assert "`number` of Shelf: another one has this name, so it is `Shelf_number_2`" in found.left_out
    assert found.ledger is not None and named(found.ledger) == found.ledger.count[1] - found.ledger.count[0]


_LOOSE = """
datasource db { provider = "mysql" }
enum Level {
  none @map("0")
  some @map("1")
}
model Box {
  id       BigInt  @id @default(autoincrement()) @db.UnsignedBigInt
  number   Int
  unsigned Boolean @default(dbgenerated("b'0'")) @db.Bit(1)
  level    Level   @default(none)
  @@index([number], map: "number")
}
model Shelf {
  id     Int @id
  number Int
  @@index([number], map: "number")
  @@index([number], map: "Shelf_number")
}
"""


@pytest.mark.postgres
def test_defaults_that_stand_on_something_else(tmp_path: Path, databases: Databases) -> None:
    """An extension that has the function or the type is made; what is nowhere is left out by name."""
    (tmp_path / "schema.prisma").write_text(_STANDING, encoding="utf-8")
    text, found = _imported(tmp_path / "schema.prisma", databases)
    assert "create extension if not exists pg_trgm" in text and "near: float = " in text, text
    assert "spot: Vector?" in text or 'spot: sql("vector(3)")' in text or "vector(3)" in text, text
    assert "mark: text\n" in text, text
    assert "extension pg_trgm: the schema does not name it, and uses it" in found.left_out
    assert any(
        line.startswith("Note.mark: its default is left out: function own_mark(unknown)")
        for line in found.left_out
    )
    assert found.ledger is not None
    left = {path: reason for path, _, reason in found.ledger.left()}
    assert "model Note/mark/@default" in left and "model Note/near/@default" not in left


_STANDING = """
datasource db { provider = "postgresql" }
model Note {
  id   String @id @default(dbgenerated("gen_random_uuid()")) @db.Uuid
  mark String @default(dbgenerated("own_mark('note')"))
  near Float  @default(dbgenerated("similarity('a', 'b')"))
  spot Unsupported("vector(3)")?
}
"""


@pytest.mark.postgres
def test_a_join_table_with_a_long_name(databases: Databases) -> None:
    """Prisma cuts what stands before the suffix, so that key and index differ."""
    left, right = "Apprentice" * 3, "Workshop" * 4
    made = prisma_database(
        f"model {left} {{\n id Int @id\n rows {right}[]\n}}\nmodel {right} {{\n id Int @id\n rows {left}[]\n}}\n"
    )[0]
    joined = normalised(made, databases.fresh().superuser_url).tables[-1]
    names = [joined.primary_key.name if joined.primary_key else "", *(each.name for each in joined.indexes)]
    assert [name[-8:] for name in names] == ["_AB_pkey", "_B_index"], names


@pytest.mark.parametrize(
    ("text", "line"), [("model A {\n  id Int @id(\n", 3), ("model {", 1), ("model A {\n  id ~\n}", 2)]
)
def test_a_slip_is_named_by_its_line(text: str, line: int) -> None:
    with pytest.raises(PrismaError) as raised:
        prisma_database(text)
    assert raised.value.line == line
