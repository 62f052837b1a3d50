"""The bench of migrations on a small table: what is measured is there, and the plan does what it is to do."""

import pytest

from bdc.stack import Server
from tests.bench.migrations.changes import CHANGES
from tests.bench.migrations.measure import Stage, Waits
from tests.bench.migrations.prober import summary
from tests.bench.migrations.show import _shown


def test_a_summary_has_the_longest_wait() -> None:
    assert summary([float(number) for number in range(200)]) == {
        "longest": 199.0,
        "p99": 198.0,
        "count": 200.0,
    }


def test_what_nobody_did_has_no_wait() -> None:
    assert _shown(Waits(reader=3.4, writer=7.6, operations=2)) == "8"
    assert _shown(Waits(reader=3.4, writer=7.6)) == "not seen"
    assert _shown(Waits(why="column name contains null values")) == "fails"


def test_there_are_fourteen_kinds() -> None:
    assert len({change.name for change in CHANGES}) == 14


@pytest.mark.postgres
def test_plan_and_plain_statement_run_beside_a_prober(postgres_server: Server) -> None:
    stage = Stage(postgres_server, 2000)
    stage.fill()
    change = next(each for each in CHANGES if each.name == "column, constant default")
    for waits in (stage.plan(change), stage.hand(change)):
        assert (waits.why, waits.failed) == ("", 0)
        assert waits.operations > 0
        assert 0 < waits.longest < 10_000
