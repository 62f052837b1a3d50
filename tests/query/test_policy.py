"""Roles by relation, denials and rules about change: the same answer from the statement and from row level security."""

from dataclasses import dataclass

import asyncpg
import pytest
from tests.query.guild import ACME, ANN, BOB, CAT, DAN, GLOBEX, MODES, TEMPLATES, guild, queries
from tests.query.reading import composer_of, fetch, page, parsed
from tests.support.postgres import Database, Databases, run

from bdc.policy.matrix import Matrix
from bdc.query.policy import Policies
from bdc.query.scope import Scope
from bdc.query.trees import print_sql

# isort: split
from services.data.engine.selection import Leaf, Many

NIL = "00000000-0000-0000-0000-000000000000"


@dataclass
class Guild:
    database: Database
    mode: str

    def titles(
        self, entity: str, actor: str, roles: str = "", org: str = ACME, member: str = "title"
    ) -> list[str]:
        composer = composer_of(queries(self.mode))
        root = page(entity, (Leaf("title", member),), 50)
        composed = composer.value(root, frozenset(roles.split(",")))
        identity = (actor, org, roles, "r")
        found = parsed(fetch(self.database, composed, identity, [], f"{guild().name}_runtime")["body"])
        return sorted(row["title"] for row in found["items"])


@pytest.fixture(params=MODES)
def world(request: pytest.FixtureRequest, databases: Databases) -> Guild:
    return Guild(databases.fresh(TEMPLATES[request.param]), request.param)


@pytest.mark.postgres
def test_a_role_by_reference_by_collection_and_by_claim(world: Guild) -> None:
    assert world.titles("Project", ANN) == ["hidden", "p0"]
    assert world.titles("Project", BOB) == ["p1"]
    assert world.titles("Project", CAT) == [], "grade 1 is no fellow"
    assert world.titles("Project", NIL) == []
    assert world.titles("Project", BOB, "anonymous,member") == ["p1"]


@pytest.mark.postgres
def test_a_denial_beats_every_way_in(world: Guild) -> None:
    assert world.titles("Project", NIL, "clerk") == ["p0", "p1", "p2"]
    assert world.titles("Project", ANN, "clerk") == ["p0", "p1", "p2"], "even for who leads it"


@pytest.mark.postgres
def test_a_role_sees_through_tables_that_its_holder_may_not_read(world: Guild) -> None:
    """Nobody here may read memberships, and only clerks persons."""
    assert world.titles("Task", DAN) == ["t0", "t2"], "assignee of t0, member of p2"
    assert world.titles("Task", ANN) == ["t0", "t3"]
    assert world.titles("Task", CAT) == ["t2"]
    assert world.titles("Task", BOB) == ["t1"]
    assert world.titles("Task", NIL, "clerk") == []


@pytest.mark.postgres
def test_via_follows_the_row_it_hangs_on(world: Guild) -> None:
    assert world.titles("Secret", DAN, member="text") == ["s0", "s2"]
    assert world.titles("Secret", NIL, "clerk", member="text") == []


@pytest.mark.postgres
def test_another_tenant_sees_nothing(world: Guild) -> None:
    for entity in ("Project", "Task"):
        assert world.titles(entity, ANN, "clerk", org=GLOBEX) == []


@pytest.mark.postgres
def test_nested_rows_are_held_to_their_own_rules(world: Guild) -> None:
    composer = composer_of(queries(world.mode))
    tasks = Many("tasks", "tasks", 9, (Leaf("t", "title"),))
    composed = composer.value(page("Project", (Leaf("p", "title"), tasks)), frozenset({"clerk"}))
    body = fetch(world.database, composed, (CAT, ACME, "clerk", "r"), [], f"{guild().name}_runtime")["body"]
    assert parsed(body)["items"] == [
        {"p": "p0", "tasks": []},
        {"p": "p1", "tasks": []},
        {"p": "p2", "tasks": [{"t": "t2"}]},
    ]


@pytest.mark.postgres
def test_row_level_security_tells_old_from_new(databases: Databases) -> None:
    """A head may change his open project; the row before decides, and he may not hand it over."""
    database = databases.fresh(TEMPLATES["row level security"])

    def update(actor: str, change: str, where: str) -> str:
        async def work() -> str:
            connection = await asyncpg.connect(database.url(f"{guild().name}_runtime"))
            try:
                async with connection.transaction():
                    for name, value in (
                        ("actor_id", actor),
                        ("actor_org", ACME),
                        ("actor_roles", ""),
                        ("operation", "Project.update"),
                    ):
                        await connection.execute("select set_config($1, $2, true)", f"app.{name}", value)
                    return str(await connection.execute(f"update project set {change} where {where}"))
            finally:
                await connection.close()

        return run(work())

    assert update(ANN, "title = 'x', open = false", "title = 'p0'") == "UPDATE 1"
    assert update(ANN, "title = 'y'", "title = 'x'") == "UPDATE 0", "not open any more"
    assert update(BOB, "title = 'y'", "title = 'p1'") == "UPDATE 0", "a fellow may only read"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        update(ANN, f"lead_id = '{BOB}'", "title = 'hidden'")


@pytest.mark.postgres
def test_an_unbound_session_fails_loudly(databases: Databases) -> None:
    database = databases.fresh(TEMPLATES["row level security"])
    with pytest.raises(asyncpg.InvalidTextRepresentationError):
        run(database.fetch("select * from project", user=f"{guild().name}_runtime"))


def test_functions_of_policies_take_no_row_where_keys_will_do() -> None:
    signatures = {helper.name: helper.signature for helper in queries("inlined").helpers}
    assert signatures == {
        "app.project_fellow": "()",
        "app.task_boss": "()",
        "app.task_peer": "()",
        "app.task_shadow": "(uuid, uuid, uuid)",
    }
    for helper in queries("inlined").helpers:
        assert "security definer" in helper.sql
        assert "set search_path = pg_catalog, public, pg_temp" in helper.sql


def test_settings_are_read_once_per_statement() -> None:
    """Whatever calls a function stands in a sub-query of its own, which PostgreSQL evaluates once."""
    for policy in queries("inlined").row_policies:
        for text in filter(None, (policy.using, policy.check)):
            assert "current_setting" not in _outside_of_queries(text), policy


def _outside_of_queries(sql: str) -> str:
    """Return what is left of `sql` without its parenthesised sub-queries."""
    while (start := sql.find("(SELECT ")) >= 0:
        depth, end = 0, start
        for end in range(start, len(sql)):
            depth += {"(": 1, ")": -1}.get(sql[end], 0)
            if depth == 0:
                break
        sql = sql[:start] + sql[end + 1 :]
    return sql


def test_roles_that_can_ever_be_allowed() -> None:
    matrix = Matrix(guild())
    assert matrix.callers("Membership", "create") == ("clerk",)
    assert {"fellow", "head"} <= set(matrix.callers("Project", "read"))
    assert matrix.callers("Membership", "delete") == ()


def test_rules_explain_a_refusal() -> None:
    policies = Policies(guild())
    rules = policies.rules(Scope(guild()).at("Project", "a"), "Project", "read")
    assert (rules[0].effect, rules[0].because) == ("deny", "not for clerks")
    assert all(print_sql(rule.tree).endswith("IS TRUE") for rule in rules)
