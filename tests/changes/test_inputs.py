"""Rows that come in the input of another row: what changes for its callers."""

import pytest

from bdc.changes import changes
from tests.changes.pairs import compiled

TEXT = """
entity User { id: uuid = uuid7() @id }

entity Post {
  id: uuid = uuid7() @id
  title: string(1..80)
  tags: Tag[]
  notes: Note[] @inverse(post) @owned
}

entity Tag { id: uuid = uuid7() @id  word: string(1..30) @unique  label: string(1..30)? }
entity Note { id: uuid = uuid7() @id  post: Post @on_delete(cascade)  text: string(1..80) }

identity User {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "posts"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}

role writer

policy Post, Tag, PostTag, Note { allow read, create, update, delete to writer }

api Posts v1 {
  auth bearer
  resource Post {
    ops get, create, update
    input create { title, TAGS }
    input update { title, NOTES }
  }
}
"""
MADE = "tags? @by(word) @create"
CHANGES = [
    (MADE, "tags? @by(word)", {"rest.input-makes-no-rows"}),
    ("tags? @by(word)", MADE, {"rest.input-makes-rows"}),
    ("tags? @by(word)", "tags? @by(word) @as(words)", {"rest.input-removed", "rest.input-added"}),
    ("tags?", "tags? @by(word)", {"rest.input-names-changed", "rest.input-type-changed"}),
    ("tags?", "tags", {"rest.input-required"}),
]


def _changed(old: str, new: str) -> set[str]:
    found = changes(compiled(old), compiled(new))
    return {change.code for change in found if change.code.startswith("rest.")}


@pytest.mark.long
@pytest.mark.parametrize(("before", "after", "codes"), CHANGES)
def test_what_an_input_says_of_other_rows(before: str, after: str, codes: set[str]) -> None:
    text = TEXT.replace("NOTES", "")
    assert _changed(text.replace("TAGS", before), text.replace("TAGS", after)) == codes


def test_owned_rows_that_an_update_replaces() -> None:
    text = TEXT.replace("TAGS", "")
    with_, without = text.replace("NOTES", "notes @replace { text }"), text.replace("NOTES", "")
    assert (_changed(without, with_), _changed(with_, without)) == (
        {"rest.input-added"},
        {"rest.input-removed"},
    )
