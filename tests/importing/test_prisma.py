"""Prisma's schema files: the database that they say is the one that their migrations made."""

import pytest

from bdc.catalog import differences
from bdc.importing.converge import converge
from bdc.importing.prisma import prisma_database
from bdc.importing.prisma.parse import PrismaError
from bdc.stack.loading import normalised
from tests.importing.test_round_trip import loaded
from tests.support import corpus
from tests.support.postgres import Databases, run


def _schema(name: str) -> str:
    return (corpus.CORPUS / name / "schema.prisma").read_text(encoding="utf-8")


@pytest.mark.postgres
def test_a_schema_is_what_its_migrations_made(databases: Databases) -> None:
    said, left_out = prisma_database(_schema("prisma-umami"))
    made = normalised(said, databases.fresh().superuser_url)
    migrated = run(loaded(databases.fresh().superuser_url, corpus.scripts("prisma-umami")))
    found = [str(each) for each in differences(made, migrated)]
    assert found == [  # what its authors wrote into a migration by hand, or forgot there
        "extension pgcrypto: only in the new database",
        "table session_replay, index session_replay_visit_id_idx: only in the old database",
        "table session_replay_saved, index session_replay_saved_website_id_visit_id_key: only in the old database",
        "table session_replay_saved, unique session_replay_saved_website_id_visit_id_key: only in the new database",
    ]
    assert "User.updatedAt: @updatedAt is kept by Prisma's client" in left_out
    imported = converge(made, "umami", lambda: databases.fresh().superuser_url)
    assert (len(imported.scope.entities), imported.opaque) == (17, {})


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


@pytest.mark.parametrize(
    ("text", "line"), [("model A {\n  id Int @id(\n", 3), ("model {", 1), ("model A {\n  id ~\n}", 2)]
)
def test_a_slip_is_named_by_its_line(text: str, line: int) -> None:
    with pytest.raises(PrismaError) as raised:
        prisma_database(text)
    assert raised.value.line == line
