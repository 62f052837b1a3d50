"""An entity at several paths of one api: what its resources are called, and what another path changes."""

from functools import cache

from bdc.changes import Change, changes
from bdc.ir import SystemIR
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from bdc.surface import endpoints
from bdc.surface.graphql.outline import outline
from tests.support.specs import ROOT, compile_text

_BEFORE = """\
bds 1
module forge

entity Person { id: uuid = uuid7() @id }
entity Repo { id: uuid = uuid7() @id  name: string(1..60) @unique }
entity Issue { id: bigint @identity @id  repo: Repo @on_delete(cascade)  title: string(1..120)  done: bool = false }

identity Person {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "forge"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}

role member

policy Person, Repo { allow read to member }
policy Issue { allow read, create, update to member }

api Forge v1 {
  auth bearer
  graphql at "/graphql"

  resource Repo by name {
    ops list, get
    resource Issue at "/issues" { ops list, create }
  }
"""
_ISSUES = '  resource Issue at "/issues" { ops list, get  filter repo }\n'
_CLOSING = '  resource Issue at "/issues" { ops get  op close() { set { done: true } } }\n'


@cache
def system(further: str = "") -> SystemIR:
    text = f"{_BEFORE}{further}}}\n"
    if "op close" in further:
        text = text.replace("update to member", "update, close to member")
    found = compile_system([SourceFile("forge.bds", text)])
    assert found.system is not None, found.diagnostics
    return found.system


def ids(further: str) -> dict[str, str]:
    return {f"{each.method} {each.path}": each.id for each in endpoints(system(further))}


def told(old: str, new: str) -> list[Change]:
    return list(changes(system(old), system(new)))


def test_the_first_has_the_name_of_the_entity() -> None:
    found = ids(_ISSUES)
    assert found["GET /v1/repos/{name}/issues"] == "list_issues"
    assert found["GET /v1/issues"] == "list_issues_at_issues"


def test_the_one_with_operations_has_it_before_the_first() -> None:
    found = ids(_CLOSING)
    assert found["GET /v1/repos/{name}/issues"] == "list_issues_of_repo"
    assert found["GET /v1/issues/{id}"] == "get_issue"


def test_graphql_has_one_type() -> None:
    made = system(_CLOSING)
    schema = outline(made, made.apis[0])
    assert [each.name for each in schema.objects if each.entity is not None] == ["Repo", "Issue"]
    assert [each.name for each in schema.queries] == ["repo", "repos", "issuesOfRepo", "issue"]
    assert {each.name for each in schema.mutations} == {"createIssueOfRepo", "closeIssue"}


def test_another_path_breaks_no_client() -> None:
    found = told("", _ISSUES)
    assert {each.severity.value for each in found} == {"compatible"}, found
    assert "rest.operation-added" in {each.code for each in found}


def test_a_path_that_is_gone_takes_only_its_own() -> None:
    found = {each.place for each in told(_ISSUES, "") if each.code == "rest.operation-removed"}
    assert found == {"GET /v1/issues", "GET /v1/issues/{id}"}


def test_a_name_that_moves_is_told_at_the_path_that_stays() -> None:
    found = {each.place: each.code for each in told("", _CLOSING) if each.code.startswith("rest.operation")}
    assert found["GET /v1/repos/{name}/issues"] == "rest.operation-renamed"
    assert found["GET /v1/issues/{id}"] == "rest.operation-added"


def test_a_version_of_another_name_is_the_same_api() -> None:
    text = (ROOT / "tests" / "systems" / "estate" / "estate.bds").read_text(encoding="utf-8")
    both = [compile_text(each, head="") for each in (text, text.replace("api Estate v1", "api Homes v1"))]
    old, new = (each.system for each in both)
    assert old is not None and new is not None
    assert [each.code for each in changes(old, new)] == ["rest.api-renamed"]
