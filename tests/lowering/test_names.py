"""Names in the database: those that PostgreSQL would give, and those that were written."""

from bdc.naming.sql import LONGEST, postgres_name
from tests.support.specs import compile_text

OLD = """
entity Order @names(postgres) @table("Order") {
  a: int @column("A")
  b: string
  total: int(0..)
  id (a, b)
  unique (total, b)
  index (lower(b))
  index (sql("\\"A\\" + 1"))
  index (total) @name("by total")
  check positive (total > 0)
}

entity Item @names(postgres) {
  id: bigint @serial @id("item pk")
  order: Order
  parent: Item? @unindexed
  unique (total) where total > 1
  total: int
}
"""


def test_names_are_those_that_postgresql_gives() -> None:
    compilation = compile_text(OLD)
    assert compilation.system is not None, compilation.diagnostics
    order, item = compilation.system.table("Order"), compilation.system.table("item")
    assert order.primary_key is not None and order.primary_key.name == "Order_pkey"
    assert [key.name for key in order.uniques] == ["Order_total_b_key"]
    assert [index.name for index in order.indexes] == ["Order_lower_idx", "Order_expr_idx", "by total"]
    assert [check.name for check in order.checks] == ["Order_positive_check", "Order_total_check"]
    assert item.primary_key is not None and item.primary_key.name == "item pk"
    assert [key.name for key in item.foreign_keys] == ["item_order_a_order_b_fkey", "item_parent_id_fkey"]
    assert [key.name for key in item.uniques] == ["item_total_idx"]
    assert item.column("id").sequence == "item_id_seq"
    assert [index.name for index in item.indexes] == ["item_order_a_order_b_idx"]


def test_the_longer_part_is_cut_first() -> None:
    assert postgres_name("t" * 60, "column", "idx") == f"{'t' * 52}_column_idx"
    assert postgres_name("table", "c" * 70, "key") == f"table_{'c' * 53}_key"
    assert postgres_name("t" * 40, "c" * 40, "fkey") == f"{'t' * 29}_{'c' * 28}_fkey"
    assert all(len(postgres_name("é" * n, "ü" * n, "check").encode()) <= LONGEST for n in range(1, 70))
