"""The verifier accepts what the planner makes, and nothing that was tampered with."""

from collections.abc import Callable

import pytest

from bdc.catalog import Check, Column, Database, ForeignKey, Index, IndexKey, Key, Policy, Table
from bdc.ddl.names import Name
from bdc.plan import Backfill, Hints, Operation, Removal, Rename, plan
from bdc.plan.verifier import verify

T, ORDER = Name("customer"), Name("order")
HINTS = Hints(
    renames=(Rename("column", T, "name", "title"),),
    removals=(Removal("column", T, "age"),),
    backfills=(Backfill(T, "level", "1"),),
)


def states() -> tuple[Database, Database]:
    """A bit of everything: a rename, a removal, a required column, keys, checks, references, policies."""
    key = Column(name="id", type="bigint", not_null=True)
    old = Table(
        name=T,
        columns=(key, Column(name="name", type="text", not_null=True), Column(name="age", type="integer")),
        primary_key=Key(name="pk", columns=("id",)),
        row_security=True,
        policies=(Policy(name="p", command="select", roles=("public",), using="age > 1"),),
    )
    new = Table(
        name=T,
        columns=(
            key,
            Column(name="title", type="text", not_null=True),
            Column(name="level", type="integer", not_null=True),
        ),
        primary_key=Key(name="pk", columns=("id",)),
        uniques=(Key(name="u", columns=("title",)),),
        checks=(Check(name="c", condition="level > 0"),),
        indexes=(Index(name="by_level", keys=(IndexKey(column="level"),)),),
        row_security=True,
        policies=(Policy(name="p", command="select", roles=("public",), using="level > 1"),),
    )
    order = Table(name=ORDER, columns=(key, Column(name="customer_id", type="bigint")))
    reference = ForeignKey(name="fk", columns=("customer_id",), target=T, target_columns=("id",))
    after = order.model_copy(update={"foreign_keys": (reference,)})
    return Database(tables=(old, order)), Database(tables=(new, after))


@pytest.fixture(scope="module")
def planned() -> tuple[Operation, ...]:
    found = plan(*states(), HINTS)
    assert not found.refusals
    return found.operations


def test_a_plan_is_accepted(planned: tuple[Operation, ...]) -> None:
    assert verify(planned) == ()


def merged(operations: tuple[Operation, ...]) -> list[Operation]:
    """All that may be in a transaction, in one."""
    return [
        each.model_copy(update={"group": 1, "phase": "expand"})
        for each in operations
        if each.transaction == "shared"
    ]


def one_transaction(operations: tuple[Operation, ...]) -> list[Operation]:
    """NOT VALID and VALIDATE together, which is as bad as neither."""
    found = []
    for each in operations:
        if any("validate" in text for text in each.statements):
            each = each.model_copy(update={"group": found[-1].group})
        found.append(each)
    return found


def texts(change: Callable[[str], str]) -> Callable[[tuple[Operation, ...]], list[Operation]]:
    return lambda operations: [
        each.model_copy(update={"statements": tuple(map(change, each.statements))}) for each in operations
    ]


def updated(**members: object) -> Callable[[tuple[Operation, ...]], list[Operation]]:
    return lambda operations: [each.model_copy(update=members) for each in operations]


def policy_gone(operations: tuple[Operation, ...]) -> list[Operation]:
    """The old policy alone, before the contract."""
    return [
        each.model_copy(update={"phase": "expand", "statements": each.statements[:1]})
        for each in operations
        if "replace-policy" in each.id
    ]


MUTATIONS: dict[str, tuple[str, Callable[[tuple[Operation, ...]], list[Operation]]]] = {
    "all in one transaction": ("R2", merged),
    "added and proved in one transaction": ("R1", one_transaction),
    "the other way round": ("order", lambda operations: list(reversed(operations))),
    "dropped before the contract": ("order", updated(phase="expand")),
    "concurrently in a transaction": ("R4", updated(transaction="shared")),
    "not concurrently": ("R1", texts(lambda text: text.replace(" concurrently", ""))),
    "not NOT VALID": ("R1", texts(lambda text: text.replace(" not valid", ""))),
    "waits for ever": ("R3", updated(lock_timeout=0)),
    "stopped too soon": ("R9", updated(statement_timeout=1000)),
    "a policy goes too soon": ("R7", policy_gone),
}


@pytest.mark.parametrize("name", MUTATIONS)
def test_a_mutation_is_rejected(planned: tuple[Operation, ...], name: str) -> None:
    rule, mutate = MUTATIONS[name]
    assert rule in {found.rule for found in verify(mutate(planned))}
