"""A policy in an `@unguarded` module guards the entity that it is about, and no other."""

from itertools import combinations

import pytest

from bdc.evolution.next_migration import Step, advance
from bdc.ir import SystemIR
from bdc.pipeline import compile_system
from bdc.query import compile_queries
from bdc.schema.state import physical_state
from bdc.source import SourceFile

TABLES = ("alpha", "beta", "gamma", "delta")
FOUND = "bds 1\nmodule found @names(postgres) @unguarded\n" + "".join(
    f"entity {name.title()} {{ id: int @serial @id  name: string  part: Person? }}\n" for name in TABLES
)
CALLER = """
entity Person { id: int @serial @id }
identity Person { bearer jwt { issuer: env("I")  audience: "a"  jwks: env("J") }  claim id: int = "sub"  claim roles: string[] = "roles" }
role member
"""


def system_of(text: str) -> SystemIR:
    compilation = compile_system([SourceFile("found.bds", text)])
    assert compilation.system is not None, [each.message for each in compilation.diagnostics]
    return compilation.system


def guarding(names: tuple[str, ...]) -> Step:
    """The step from a specification without policies to one with a policy for each of `names`, one of them in the entity's own file."""
    before = system_of(FOUND + CALLER.partition("identity")[0])
    rules = "".join(f"policy {name.title()} {{ allow read to member }}\n" for name in names)
    after = system_of(FOUND + CALLER + rules)
    return advance(physical_state(before, compile_queries(before)), after, compile_queries(after), before)


@pytest.mark.parametrize("names", [chosen for size in (0, 1, 2) for chosen in combinations(TABLES, size)])
def test_only_what_is_guarded_changes(names: tuple[str, ...]) -> None:
    step = guarding(names)
    locked = {table for each in step.planned.operations for table in each.locks}
    assert locked == {f"public.{name}" for name in (*names, "person")}
    secured = {table.name.name for table in step.new.tables if table.row_security and not table.name.schema}
    assert secured == {*names, "person"}


FOUND_RULES = """
sql '''
  grant select on gamma to reporter, public_reader;
  create policy everybody on gamma for select using (name <> '');
  create policy readers on gamma for select to public_reader using (true);
  create policy never on gamma as restrictive for select using (id > 0);
'''
""".replace("'''", '"' * 3)


def test_policies_and_rights_as_they_were_found_are_pointed_out() -> None:
    text = FOUND + CALLER.partition("identity")[0] + FOUND_RULES
    before, after = (
        system_of(text),
        system_of(FOUND + CALLER + FOUND_RULES + "policy Gamma { allow read to member }"),
    )
    step = advance(physical_state(before, compile_queries(before)), after, compile_queries(after), before)
    found = [
        (each.code, each.object)
        for each in step.planned.hazards
        if "BESIDE" in each.code or "HIDDEN" in each.code
    ]
    assert found == [("POLICY_BESIDE", "gamma.everybody"), ("POLICY_BESIDE", "gamma.readers")]
    closed = FOUND_RULES.replace("create policy everybody on gamma for select using (name <> '');", "")
    before, after = (
        system_of(text.replace(FOUND_RULES, closed)),
        system_of(FOUND + CALLER + closed + "policy Gamma { allow read to member }"),
    )
    step = advance(physical_state(before, compile_queries(before)), after, compile_queries(after), before)
    (hidden,) = [each for each in step.planned.hazards if each.code == "ROWS_HIDDEN"]
    assert hidden.object == "gamma" and hidden.message.startswith("reporter has rights")
