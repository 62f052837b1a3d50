"""Denials and negations, where a reading that is nearly right would let somebody in."""

from tests.support.specs import compile_text

from bdc.query.policy import Policies
from bdc.query.scope import Scope
from bdc.query.trees import print_sql

TEXT = """
entity Person { id: uuid = uuid7() @id }

entity Folder {
  id: uuid = uuid7() @id
  rank: int?
  open: bool
  above: Folder?
}

entity Note {
  id: uuid = uuid7() @id
  folder: Folder
  sealed: bool
}

identity Person {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "notes"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}

role clerk

policy Note {
  allow read to clerk when not (folder.rank < 1 or folder.rank > 5)
  allow update to clerk
  deny update to clerk when sealed
  allow delete to clerk
  deny delete to clerk when folder.rank > 5
  deny delete to clerk when exists f in ancestors(folder) where (f.rank == 1)
  deny delete to clerk when folder.open
}
"""


def policies() -> Policies:
    system = compile_text(TEXT).system
    assert system is not None
    return Policies(system)


def test_a_denial_holds_before_and_after() -> None:
    """Else a change that breaks the seal would be the way past it."""
    found = policies()
    scope = Scope(found.system).change("Note", old="o", new="n")
    text = print_sql(found.allowed(scope, "Note", "update"))
    assert "o.sealed) OR" in text and "n.sealed" in text, text


def test_what_is_unknown_about_another_row_is_not_made_true_by_not() -> None:
    found = policies()
    text = print_sql(found.allowed(Scope(found.system).at("Note", "n"), "Note", "read"))
    assert "NOT (n.folder_id = ANY" not in text, text
    assert any("NOT (t.rank < 1)" in function.sql for function in found.functions), text


def test_what_is_unknown_about_another_row_denies_too() -> None:
    """Among keys what is unknown is absent, and would not deny: such a term is asked of the row instead."""
    found = policies()
    text = print_sql(found.allowed(Scope(found.system).at("Note", "n"), "Note", "delete"))
    by_keys = [
        function.name
        for function in found.functions
        if f"n.folder_id = ANY(CAST((SELECT {function.name}" in text
    ]
    assert len(by_keys) == 1, text  # `open` is never null
    assert text.count("(n.folder_id)) IS FALSE") == 2, text
