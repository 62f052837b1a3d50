"""A foreign key to the tenant is left out exactly where other keys prove it."""

import pytest
from tests.support.specs import compile_text
from tests.support.specs import shop as compile_shop

from bdc.schema.implied import implied_keys

TENANT = "entity Org @tenant_root { id: uuid = uuid7() @id }\n"
TENANTED = "org: Org @tenant @immutable\n  id: uuid = uuid7() @id"


def implied(text: str) -> set[str]:
    system = compile_text(TENANT + text).system
    assert system is not None
    return {f"{table}.{key}" for table, key in implied_keys(system)}


def test_in_the_shop() -> None:
    system = compile_shop().system
    assert system is not None
    assert {table for table, _ in implied_keys(system)} == {"order", "order_item", "product_tag"}


@pytest.mark.parametrize(
    ("reference", "found"),
    [
        ("up: Up", {"low.fk_low_org_id"}),
        ("up: Up @on_delete(cascade)", {"low.fk_low_org_id"}),
        ("up: Up?", set()),  # a row that refers to nothing has its tenant from nobody
        ("up: Low?", set()),
        ("up: Low", set()),  # the first row refers to itself
    ],
)
def test_only_a_reference_that_is_always_there_proves_it(reference: str, found: set[str]) -> None:
    text = f"entity Up {{\n  {TENANTED}\n}}\nentity Low {{\n  {TENANTED}\n  {reference}\n}}\n"
    assert implied(text) == found


def test_a_circle_proves_nothing() -> None:
    text = f"entity A {{\n  {TENANTED}\n  b: B\n}}\nentity B {{\n  {TENANTED}\n  a: A\n}}\n"
    assert implied(text) == set()


def test_a_tenant_that_takes_its_rows_along_keeps_its_key() -> None:
    low = TENANTED.replace("@tenant", "@tenant @on_delete(cascade)")
    assert implied(f"entity Up {{\n  {TENANTED}\n}}\nentity Low {{\n  {low}\n  up: Up\n}}\n") == set()
