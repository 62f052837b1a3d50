"""Advice: the shop's page as recorded, sizes as a server has them, and a deploy that is too small everywhere."""

import json
from pathlib import Path

from click.testing import CliRunner

from bdc.advice import Assumptions, Page, Prices, Verdict, advise
from bdc.advice.advise import sizing_of
from bdc.advice.text import lines_of
from bdc.cli.commands.advise import command
from bdc.ir import Load, LoadEntry, LoadPart
from bdc.surface.mix import mix_of
from tests.query.shop import TEMPLATES
from tests.support.postgres import Databases, run
from tests.support.specs import ROOT, compile_text, expect, shop

HERE = Path(__file__).parent
AMOUNTS = {"Order": 10_000, "OrderItem": 40_000}
_ORG = "'00000000-0000-7000-8000-00000000000a'"
# Seven of ten values that may be null are there, as long as texts are on average.
ROWS = (
    f"""insert into "order" (org_id, id, number, customer_id, status, ship_to, note, internal_note, tracking, placed_at)
        select {_ORG}, uuidv7(), 'ORD-' || n, gen_random_uuid(), 'draft',
               case when n % 10 < 7 then '{{"street": "1 Long Street", "city": "Amsterdam", "zip": "1011AB", "country": "NL"}}'::jsonb end,
               case when n % 10 < 7 then repeat('x', 120) end, case when n % 10 < 7 then repeat('y', 120) end,
               case when n % 10 < 7 then repeat('z', 24) end, case when n % 10 < 7 then now() end
        from generate_series(1, {AMOUNTS["Order"]}) n""",
    f"""insert into order_item (org_id, id, order_id, product_id, quantity, unit_price)
        select {_ORG}, uuidv7(), gen_random_uuid(), gen_random_uuid(), 1 + n % 9, (n % 997) + 0.99
        from generate_series(1, {AMOUNTS["OrderItem"]}) n""",
)
SMALL = """
entity Org { id: uuid = uuid7() @id  name: string(1..40) }
entity Visit with Timestamps { id: uuid = uuid7() @id  text: string(1..2000) }
role member
identity Org {
  bearer jwt { issuer: env("I")  audience: "a"  jwks: env("J") }
  claim id: uuid = "sub"
  claim roles: string[] = "roles"
}
policy Visit { allow read, create to member }
policy Org { allow read to member }
api Web v1 { auth bearer  resource Visit { ops list, create  page cursor(default: 20, max: 50) } }
load { Visit: 900_000_000 rows  Visit: 5_000_000 rows_per_day  Web: 90_000 rps  Web.writes: 9_000 rps }
deploy production {
  backup: { store: "s3://acme-backups/web"  rto: 10m }
  database postgres { storage: 100Gi  pool: 1 }
  service Web { replicas: 1..2  slo: { availability: 99.99%  latency_p95: 20ms } }
}
"""


def page_of(text: str) -> Page:
    compiled = compile_text(text, "bds 1\nmodule test\n\nuse std.mixins { Timestamps }\n")
    assert compiled.system is not None, compiled.diagnostics
    return advise(compiled.system, compiled.system.deploys[0])


def test_the_page_of_the_shop() -> None:
    system = shop().system
    assert system is not None
    prices = Prices(core=20, memory=3, storage=0.1)
    expect(HERE / "shop.txt", "\n".join(lines_of(advise(system, system.deploys[0], prices=prices))) + "\n")


def test_sizes_are_those_of_a_server(databases: Databases) -> None:
    """Written anew, the tables have the computed size within a third of it."""
    system = shop().system
    assert system is not None
    database = databases.fresh(next(iter(TEMPLATES.values())))
    # One call: a setting of the session holds for all of them, and a vacuum needs a transaction of its own.
    run(database.execute(";".join(("set session_replication_role = replica", *ROWS))))
    run(database.execute("vacuum full"))
    counted = run(
        database.fetch(
            "select relname, pg_total_relation_size(oid) as bytes from pg_class where relkind = 'r'"
        )
    )
    actual = {row["relname"]: row["bytes"] for row in counted}
    load = Load(rows=tuple(LoadEntry(name=name, amount=amount) for name, amount in AMOUNTS.items()))
    sized = sizing_of(system.model_copy(update={"load": load}), system.deploys[0], Assumptions()).tables
    for each in sized:
        assert 0.75 < each.bytes / actual[each.table.name] < 1.33, (
            each.table.name,
            each.bytes,
            actual[each.table.name],
        )


def test_what_is_too_small_is_said_with_what_to_write() -> None:
    page = page_of(SMALL)
    changing = {chapter.name for chapter in page.chapters if chapter.verdict is Verdict.CHANGE}
    assert changing == {
        "service", "database", "connections", "memory", "storage", "partitions", "objectives", "way_on",
    }  # fmt: skip
    assert page.summary.startswith("One PostgreSQL server is not enough")
    text = "\n".join(page.changes)
    for wanted in (
        "replicas: 1..",
        "pool: ",
        "memory: ",
        "storage: ",
        "by range of `created_at`",
        "replicas: 2",
        "rto",
    ):
        assert wanted in text, wanted
    assert "no tenant" in "\n".join(page.chapter("way_on").arithmetic)


def test_nothing_declared_is_asked_for() -> None:
    """Zero rates and systems without rows divide by nothing."""
    system = shop().system
    assert system is not None
    bare = system.model_copy(update={"load": Load()})
    page = advise(bare, system.deploys[0])
    assert {page.chapter(name).verdict for name in ("requests", "storage", "migration")} == {Verdict.ASK}
    idle = Load(
        rps=(LoadEntry(name="Shop", amount=0),), parts=(LoadPart(api="Shop", part="reads", amount=0),)
    )
    assert "\n".join(lines_of(advise(system.model_copy(update={"load": idle}), system.deploys[0])))


def test_what_the_parts_leave_are_reads() -> None:
    system = shop().system
    assert system is not None
    parts = (LoadPart(api="Shop", part="writes", amount=100), LoadPart(api="Shop", part="graphql", amount=50))
    load = Load(rps=(LoadEntry(name="Shop", amount=400),), parts=parts)
    mix = mix_of(system.model_copy(update={"load": load}), system.apis[0])
    assert (mix.reads, mix.writes, mix.operations, mix.graphql) == (250, 100, 0, 50)


def test_the_command() -> None:
    ran = CliRunner().invoke(
        command, [str(ROOT / "examples/shop"), "--json", "--assume", "hot=0.5", "--deploy", "staging"]
    )
    assert ran.exit_code == 0, ran.output
    page = json.loads(ran.stdout)
    assert page["deploy"] == "staging" and ["hot", 0.5] in [each[:2] for each in page["assumed"]]
    for wrong in (["--assume", "hto=1"], ["--assume", "hot=1"], ["--price", "core=x"], ["--deploy", "prod"]):
        assert CliRunner().invoke(command, [str(ROOT / "examples/shop"), *wrong]).exit_code == 2


def test_parts_are_parts_of_the_whole() -> None:
    text = SMALL.replace("Web.writes: 9_000 rps", "Web.writes: 91_000 rps")
    found = compile_text(text, "bds 1\nmodule test\n\nuse std.mixins { Timestamps }\n").diagnostics
    assert [each.code for each in found] == ["E218"]
    assert "91,000" in found[0].message
