"""Laws of names: what is kept, what steps aside, what is told apart, and what is an error."""

import re

import pytest

from bdc.naming import dns
from bdc.naming.distinct import aside, distinct
from bdc.naming.graphql import is_enum_value
from bdc.naming.sql import LONGEST, fitted, system_name
from bdc.query import compile_queries
from bdc.surface.graphql.inputs import sort_values
from bdc.surface.names import IN_CONTROLLERS, surface_names
from tests.names.words import hostile_words
from tests.support.shop import ROOT
from tests.support.specs import compile_text

HEAD = """
entity User { id: uuid = uuid7() @id }

identity User {
  bearer jwt { issuer: env("JWT_ISSUER")  audience: "shop"  jwks: env("JWKS_URL") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}

role member

"""


def codes(text: str) -> list[str]:
    """Return the codes of errors in a specification."""
    return [found.code for found in compile_text(HEAD + text).diagnostics]


def test_distinct_names_are_distinct_and_the_first_is_kept() -> None:
    words = [*hostile_words(), *hostile_words()]
    names = distinct(((number, word) for number, word in enumerate(words)), {"class"}, fitted=fitted)
    assert len(set(names.values())) == len(words)
    assert all(names[number] == word for number, word in enumerate(words[:40]) if word != "class")
    assert all(len(name.encode()) <= LONGEST for name in names.values())
    assert aside("class", {"class", "class_"}) == "class__"


@pytest.mark.parametrize("name", ["shop", "_", "a__b", "x" * 70, "_front", "back_", "pg_shop", "postgres"])
def test_names_of_kubernetes_and_roles_are_accepted_there(name: str) -> None:
    label = dns.label(system_name(name))
    assert label[0].isalpha() and label[-1].isalnum() and len(label) <= dns.LONGEST_SYSTEM
    roles = {f"{system_name(name)}_{role}"[:LONGEST] for role in ("owner", "runtime", "readonly", "migrator")}
    assert len(roles) == 4 and not any(role.startswith("pg_") for role in roles)


def test_an_operation_does_not_take_the_permission_of_another() -> None:
    text = """
entity Org { id: uuid = uuid7() @id  n: int = 0 }
entity OrgUnit { id: uuid = uuid7() @id  n: int = 0 }
policy Org { allow read, create, unit_delete to member }
policy OrgUnit { allow read, delete to member }
api Shop v1 {
  auth bearer
  resource Org { ops list, create  op unit_delete() -> Org @handler }
  resource OrgUnit { ops list, delete }
  op org_create() -> int { allow member  sql \"\"\" select 1 \"\"\" }
}
"""
    system = compile_text(HEAD + text).system
    assert system is not None
    names = surface_names(system)
    assert len(set(names.operations.values())) == len(names.operations)
    functions = [each.name for each in compile_queries(system, True).functions]
    assert len(set(functions)) == len(functions)


def test_indexes_of_two_tables_have_two_names() -> None:
    text = """
entity Foo { id: uuid @id  bar: int  baz: int  index (bar, baz) }
entity FooBar { id: uuid @id  baz: int  index (baz) }
"""
    system = compile_text(HEAD + text).system
    assert system is not None
    names = [index.name for table in system.tables for index in table.indexes]
    assert names == ["ix_foo_bar_baz", "ix_foo_bar_baz_2"]


@pytest.mark.parametrize(
    ("members", "rest", "expected"),
    [
        ("foo_bar: int  fooBar: int", "", ["E601"]),
        ('foo_bar: int  fooBar: int @graphql("other")', "", []),
        ("n: int", "op create_org() -> int @handler { allow member }", ["E601"]),
        ("n: int", 'op create_org() -> int @handler @graphql("open") { allow member }', []),
        ("n: int", 'op orgs() -> int { allow member  sql """ select 1 """ }', ["E415"]),
        (
            "n: int",
            'op x(id: uuid) -> int @http(GET, "/orgs/{id}") { allow member  sql """ select 1 """ }',
            ["E415"],
        ),
        ("n: int", 'op x() -> int @http(GET, "/orgs/count") { allow member  sql """ select 1 """ }', []),
        ("n: int", "op org_connection() -> OrgConnection[] @handler { allow member }", ["E601"]),
    ],
)
def test_names_that_become_equal_are_errors_with_a_way_out(
    members: str, rest: str, expected: list[str]
) -> None:
    text = f"""
struct OrgConnection {{ n: int }}
entity Org {{ id: uuid = uuid7() @id  {members} }}
policy Org {{ allow read, create, update, delete to member }}
api Shop v1 {{ auth bearer  graphql at "/graphql"  resource Org {{}}  {rest} }}
"""
    assert sorted(set(codes(text))) == expected


def test_functions_of_controllers_hide_nothing_that_controllers_use() -> None:
    template = ROOT / "emitters" / "bdc_emitters" / "service" / "templates" / "controller.py.j2"
    text = re.sub(r"\{%.*?%\}", "", template.read_text(encoding="utf-8"))
    imported = {
        name.strip()
        for found in re.findall(r"^from .* import (.*)$", text, re.M)
        for name in found.split(",")
    }
    assigned = set(re.findall(r"^\s*([a-z_]+) = ", text, re.M))
    assert len(imported) > 8
    assert imported | assigned <= IN_CONTROLLERS


@pytest.mark.parametrize("field", ["_", "__", "_x", "x_"])
def test_orders_of_a_list_have_names_that_graphql_takes(field: str) -> None:
    for value in sort_values(field, None):
        assert is_enum_value(value), value
