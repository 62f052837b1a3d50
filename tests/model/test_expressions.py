"""Typed trees of expressions: what literals, paths and null checks become."""

import pytest

from bdc import ir
from tests.support.specs import compile_text

SHAPE = """
enum Size {{ small, large }}

entity Person {{
  id: uuid @id
  name: string(1..80)
  friend: Person?
}}

entity Box {{
  id: uuid @id
  size: Size = small
  old: Size?
  count: int
  price: decimal(10, 2)
  weight: float
  at: timestamp
  until: timestamp?
  active: bool
  owner: Person
  keeper: Person?
  tags: string[]
  inner: Part[] @inverse(box)
  x: {type} @computed({expr})
}}

entity Part {{
  id: uuid @id
  box: Box
  count: int
  note: text?
}}
"""


def computed(type_: str, expr: str) -> ir.Expr:
    """Return the tree of an expression over a row of Box."""
    compiled = compile_text(SHAPE.format(type=type_, expr=expr))
    assert [found.message for found in compiled.diagnostics] == []
    assert compiled.system is not None
    field = compiled.system.entity("Box").field("x")
    assert isinstance(field, ir.ComputedField)
    return field.expr


def codes(type_: str, expr: str) -> list[str]:
    return [found.code for found in compile_text(SHAPE.format(type=type_, expr=expr)).diagnostics]


@pytest.mark.parametrize(
    ("type_", "expr", "value"),
    [
        ("decimal(8, 2)", "5", "5"),
        ("decimal(8, 2)", "1.50", "1.50"),
        ("float", "5", 5.0),
        ("bigint", "5_000_000_000", 5_000_000_000),
        ("duration", "90m", "PT1H30M"),
        ("duration", "36h", "P1DT12H"),
        ("duration", "800ms", "PT0.8S"),
        ("decimal(5, 4)", "12.5%", "0.125"),
        ("date", '"2026-01-31"', "2026-01-31"),
        ("uuid", '"0198C0DE-0000-7000-8000-000000000001"', "0198c0de-0000-7000-8000-000000000001"),
        ("Size", "large", "large"),
        ("text", "null", None),
    ],
)
def test_a_literal_takes_the_type_that_is_wanted(type_: str, expr: str, value: object) -> None:
    found = computed(f"{type_}?", expr)
    assert isinstance(found, ir.Literal)
    assert found.value == value
    assert type(found.value) is type(value)


@pytest.mark.parametrize("expr", ["size == large", "large == size", "size in [large]", "size != small"])
def test_a_bare_word_beside_an_enum_is_its_value(expr: str) -> None:
    assert '"value":"large"' in computed("bool", expr).model_dump_json() or "small" in expr


def test_a_field_of_the_same_name_and_type_is_the_field() -> None:
    found = computed("bool?", "size == old")
    assert isinstance(found, ir.Compare) and isinstance(found.right, ir.Path)
    assert found.nullable


def test_rows_compare_with_rows_and_with_their_keys() -> None:
    rows = computed("bool?", "owner == keeper")
    assert isinstance(rows, ir.Compare) and rows.left.type == rows.right.type == ir.EntityType(name="Person")
    key = computed("bool", "owner == owner.id")
    assert isinstance(key, ir.Compare) and key.right.type == ir.ScalarType(scalar=ir.Scalar.UUID)
    assert codes("bool", "owner == id") == []
    assert codes("bool", "owner == count") == ["E202"]


def test_a_row_in_a_relation_becomes_a_quantifier() -> None:
    found = computed("bool", "exists p in inner where (p in inner)")
    assert isinstance(found, ir.Quantifier) and isinstance(found.where, ir.Quantifier)
    assert found.where.quantifier == "exists"


@pytest.mark.parametrize(
    "expr",
    [
        'keeper != null and keeper.name == "a"',
        'keeper == null or keeper.name == "a"',
        'not (keeper == null) and keeper.name == "a"',
        'if keeper != null then keeper.name == "a" else false',
        'if keeper == null then false else keeper.name == "a"',
        'active and keeper != null and (count > 1 or keeper.name == "a")',
        'keeper != null and keeper.friend != null and keeper.friend.name == "a"',
        'keeper == owner and keeper.name == "a"',
        "exists p in inner where (p.note != null and length(p.note) > 1)",
    ],
)
def test_a_check_before_makes_a_path_sure(expr: str) -> None:
    assert codes("bool?", expr) == []


@pytest.mark.parametrize(
    "expr",
    [
        'keeper.name == "a"',
        'keeper != null or keeper.name == "a"',
        'keeper.name == "a" and keeper != null',
        'if keeper != null then false else keeper.name == "a"',
        'keeper != null and keeper.friend.name == "a"',
        'not (keeper != null) and keeper.name == "a"',
    ],
)
def test_without_it_the_path_is_refused(expr: str) -> None:
    assert "E203" in codes("bool?", expr)


@pytest.mark.parametrize(
    ("type_", "expr", "result"),
    [
        ("int", "count + 1", ir.Scalar.INT),
        ("decimal(9, 2)", "count * price", ir.Scalar.DECIMAL),
        ("decimal(9, 2)", "count / 2", ir.Scalar.DECIMAL),
        ("float", "weight / 2", ir.Scalar.FLOAT),
        ("timestamp", "at + 15m", ir.Scalar.TIMESTAMP),
        ("duration", "now() - at", ir.Scalar.DURATION),
        ("int", "sum(p in inner, p.count)", ir.Scalar.INT),
        ("int", "count(p in inner where (p.count > 1))", ir.Scalar.INT),
        ("decimal(9, 2)?", "avg(p in inner, p.count)", ir.Scalar.DECIMAL),
        ("int", "length(owner.name)", ir.Scalar.INT),
        ("timestamp", "coalesce(until, at)", ir.Scalar.TIMESTAMP),
        ("int", "-count", ir.Scalar.INT),
    ],
)
def test_results_have_the_type_that_is_said(type_: str, expr: str, result: ir.Scalar) -> None:
    found = computed(type_, expr)
    assert isinstance(found.type, ir.ScalarType) and found.type.scalar is result


@pytest.mark.parametrize(
    ("expr", "nullable"),
    [
        ("sum(p in inner, p.count)", False),
        ("count(inner)", False),
        ("max(p in inner, p.count)", True),
        ("coalesce(max(p in inner, p.count), 0)", False),
        ("if active then 1 else null", True),
        ("count", False),
    ],
)
def test_what_may_be_null_is_known(expr: str, nullable: bool) -> None:
    assert computed("int?", expr).nullable is nullable


@pytest.mark.parametrize(
    ("expr", "code"),
    [
        ("count == 1.5 or", "E0"),
        ("price == count", ""),
        ("tags == tags", "E202"),
        ('"a" in tags', ""),
        ("1 in tags", "E202"),
        ("count in count", "E205"),
        ("size < large", "E202"),
        ("active == null", "E217"),
        ("null == null", "E205"),
        ("inner == null", "E217"),
        ("{ a: 1 }", "E210"),
    ],
)
def test_operators_know_their_operands(expr: str, code: str) -> None:
    found = codes("bool", expr)
    assert all(each.startswith(code) for each in found) and bool(found) is bool(code), found
