"""Several apis with GraphQL: each is compared with what it was, and a change says in which it is."""

from bdc.changes import Change, changes
from tests.support.specs import compile_text

_BEFORE = """\
bds 1
module forge

entity Person { id: uuid = uuid7() @id }
entity Repo { id: uuid = uuid7() @id  name: string(1..60) @unique  stars: int = 0 }

identity Person {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "forge"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}

role member

policy Person { allow read to member }
policy Repo { allow read, create to member }

api Forge v1 at "/forge" {
  auth bearer
  graphql at "/forge/graphql"

  resource Repo { ops list, get, create }
}

api Mirror v1 at "/mirror" {
  auth bearer
  graphql at "/mirror/graphql"

  resource Repo { ops list, get  filter name }
}
"""


def _differ(after: str, before: str = _BEFORE) -> list[tuple[str, str]]:
    old, new = (compile_text(each, head="").system for each in (before, after))
    assert old is not None
    assert new is not None
    found: tuple[Change, ...] = changes(old, new)
    return [(each.code, each.place) for each in found if each.code.startswith("graphql.")]


def test_a_change_of_one_is_none_of_the_other() -> None:
    assert _differ(_BEFORE.replace("filter name", "filter stars")) == [
        ("graphql.input-field-removed", "Mirror v1: RepoFilter.name"),
        ("graphql.type-removed", "Mirror v1: StringFilter"),
        ("graphql.type-added", "Mirror v1: IntFilter"),
        ("graphql.input-field-added", "Mirror v1: RepoFilter.stars"),
    ]
    fewer = _differ(_BEFORE.replace("ops list, get, create", "ops list, get"))
    assert ("graphql.type-removed", "Forge v1: Mutation") in fewer
    assert all(place.startswith("Forge v1: ") for _, place in fewer)


def test_a_schema_comes_and_goes_alone() -> None:
    without = _BEFORE.replace('  graphql at "/mirror/graphql"\n', "")
    assert _differ(without) == [("graphql.endpoint-removed", "Mirror")]
    assert _differ(_BEFORE, without) == [("graphql.endpoint-added", "Mirror")]


def test_which_api_comes_first_changes_no_schema() -> None:
    head, first, second = _BEFORE.split("\napi ")
    assert _differ(f"{head}\napi {second}\napi {first}") == []


def test_limits_are_those_of_one() -> None:
    less = _BEFORE.replace('"/mirror/graphql"', '"/mirror/graphql" { depth: 3 }')
    assert _differ(less) == [("graphql.limits-lowered", "Mirror depth")]


def test_a_rename_is_told_as_one_in_each() -> None:
    renamed = _BEFORE.replace("name: string(1..60) @unique", "title: string(1..60) @unique @was(name)")
    assert sorted(_differ(renamed.replace("filter name", "filter title"))) == [
        ("graphql.field-renamed", "Forge v1: Repo.name"),
        ("graphql.field-renamed", "Mirror v1: Repo.name"),
        ("graphql.input-field-renamed", "Forge v1: CreateRepoInput.name"),
        ("graphql.input-field-renamed", "Mirror v1: RepoFilter.name"),
    ]
