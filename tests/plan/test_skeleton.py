"""The shape of a plan: what comes back, what is refused, what is written down."""

import json
import re
from pathlib import Path

from bdc import plan as plan_room
from bdc.catalog import Column, Database, Table, state_hash
from bdc.ddl.names import Name
from bdc.plan import Hints, Removal, edge_of, migration_files, plan
from bdc.plan.edge import operations_of
from bdc.plan.hazards import CODES


def shop(*columns: Column, more: tuple[Table, ...] = ()) -> Database:
    key = Column(name="id", type="bigint", not_null=True)
    return Database(tables=(Table(name=Name("customer"), columns=(key, *columns)), *more))


NICK = Column(name="nick", type="text")


def test_equal_states_need_nothing() -> None:
    assert plan(shop(NICK), shop(NICK)).operations == ()


def test_a_removal_is_refused_until_it_is_written() -> None:
    refused = plan(shop(NICK), shop())
    assert [found.code for found in refused.refusals] == ["E503"]
    assert not refused.operations
    said = plan(shop(NICK), shop(), Hints(removals=(Removal("column", Name("customer"), "nick"),)))
    assert [found.phase for found in said.operations] == ["contract", "contract"]


def test_an_edge_names_its_states_and_notices_edits() -> None:
    old, new = (
        shop(),
        shop(NICK, more=(Table(name=Name("order"), columns=(Column(name="id", type="uuid"),)),)),
    )
    files = migration_files(edge_of(old, new, plan(old, new), role="shop_owner"), new, "{}\n")
    edge = json.loads(files["edge.json"])
    assert (edge["from"], edge["to"]) == (state_hash(old), state_hash(new))
    assert set(edge["files"]) == {"01_expand.sql", "down.sql", "state.json.gz", "snapshot.json.gz"}
    assert operations_of(files["edge.json"]) == plan(old, new).operations


def test_every_hazard_is_explained() -> None:
    sources = Path(plan_room.__file__).parent.rglob("*.py")
    used = {
        code
        for file in sources
        for code in re.findall(r'code="([A-Z_]{4,})"', file.read_text(encoding="utf-8"))
    }
    assert used == set(CODES)
