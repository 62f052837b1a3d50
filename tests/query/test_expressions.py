"""Expressions in PostgreSQL against the same expressions in Python, on random rows; and what must never be printed."""

from decimal import Decimal
from functools import cache
from random import Random
from typing import Any

import pytest
from tests.query.evaluation import evaluate
from tests.query.shop import ACME, TEMPLATES, shop
from tests.support.postgres import Databases, run

from bdc.ir import (
    Aggregate,
    And,
    Arithmetic,
    Call,
    CollectionField,
    Compare,
    EntityType,
    EnumType,
    Expr,
    If,
    InList,
    IsNull,
    ListLiteral,
    Literal,
    Not,
    Or,
    Path,
    PathStep,
    Quantifier,
    Root,
    Scalar,
    ScalarType,
    SystemIR,
)
from bdc.query.expressions import holds, lower
from bdc.query.names import quote
from bdc.query.scope import Scope
from bdc.query.trees import print_sql

BOOL, INT, TEXT = (ScalarType(scalar=scalar) for scalar in (Scalar.BOOL, Scalar.INT, Scalar.TEXT))
DECIMAL = ScalarType(scalar=Scalar.DECIMAL, precision=12, scale=2)
STATUS = EnumType(name="OrderStatus")
WORDS = ("", "a", "B", "it's", 'q"\\', "%_", "Ωmega")
STATUSES = ("draft", "placed", "paid")


@cache
def system() -> SystemIR:
    """The shop, whose companies also know their customers: rows that can be deleted."""
    data = shop().model_dump()
    org = next(entity for entity in data["entities"] if entity["name"] == "Org")
    field = CollectionField(
        name="customers", target="Customer", inverse="org", origin=shop().entities[0].origin
    )
    org["fields"] = (*org["fields"], field.model_dump())
    return SystemIR.model_validate(data)


def path(type_: Any, *steps: tuple[str, str], binding: str | None = None, nullable: bool = True) -> Path:
    root = Root.BINDING if binding else Root.ROW
    found = tuple(PathStep(entity=entity, field=field) for entity, field in steps)
    return Path(type=type_, nullable=nullable, root=root, name=binding, steps=found)


ORDERS_OF_CUSTOMER = path(EntityType(name="Order"), ("Order", "customer"), ("Customer", "orders"))
ITEMS = path(EntityType(name="OrderItem"), ("Order", "items"))
CUSTOMERS = path(EntityType(name="Customer"), ("Order", "org"), ("Org", "customers"))


class Expressions:
    """Makes random expressions about an order."""

    def __init__(self, random: Random) -> None:
        self._random = random

    def bool(self, depth: int) -> Expr:
        if depth == 0:
            return self._random.choice([IsNull(type=BOOL, value=self.text(0)), self._comparison(0)])
        kinds = [
            self._comparison,
            self._in,
            self._not,
            self._both,
            self._either,
            self._quantifier,
            self._if_bool,
        ]
        return self._random.choice(kinds)(depth - 1)

    def number(self, depth: int) -> Expr:
        leaves: list[Expr] = [
            Literal(type=INT, value=self._random.randrange(-3, 4)),
            Literal(type=DECIMAL, value=str(Decimal(self._random.randrange(-300, 300)) / 100)),
            path(INT, ("Order", "version")),
            path(DECIMAL, ("Order", "total")),
            path(INT, ("Order", "customer"), ("Customer", "open_orders")),
        ]
        if depth == 0:
            return self._random.choice(leaves)
        inner = depth - 1
        return self._random.choice(
            [
                Arithmetic(
                    type=DECIMAL,
                    op=self._random.choice("+-*"),
                    left=self.number(inner),
                    right=self.number(inner),
                ),
                Call(type=DECIMAL, function="abs", arguments=(self.number(inner),)),
                Call(type=INT, function="length", arguments=(self.text(inner),)),
                If(
                    type=DECIMAL,
                    condition=self.bool(inner),
                    then=self.number(inner),
                    otherwise=self.number(inner),
                ),
                self._aggregate(inner),
            ]
        )

    def text(self, depth: int) -> Expr:
        leaves: list[Expr] = [
            Literal(type=TEXT, value=self._random.choice(WORDS)),
            Literal(type=TEXT, value=None, nullable=True),
            path(TEXT, ("Order", "note")),
            path(TEXT, ("Order", "number")),
            path(TEXT, ("Order", "customer"), ("Customer", "name")),
        ]
        if depth == 0:
            return self._random.choice(leaves)
        inner = self.text(depth - 1)
        return self._random.choice(
            [
                Call(type=TEXT, function="lower", arguments=(inner,)),
                Call(type=TEXT, function="coalesce", arguments=(inner, self.text(depth - 1))),
                Arithmetic(type=TEXT, op="+", left=inner, right=self.text(depth - 1)),
            ]
        )

    def _comparison(self, depth: int) -> Expr:
        side = self._random.choice([self.number, self.text])
        ops = ["==", "!="] if side == self.text else ["==", "!=", "<", "<=", ">", ">="]
        return Compare(type=BOOL, op=self._random.choice(ops), left=side(depth), right=side(depth))

    def _in(self, depth: int) -> Expr:
        words = self._random.sample(STATUSES, self._random.randrange(3))
        items = tuple(Literal(type=STATUS, value=word) for word in words)
        return InList(
            type=BOOL, value=path(STATUS, ("Order", "status")), items=ListLiteral(type=STATUS, items=items)
        )

    def _not(self, depth: int) -> Expr:
        return Not(type=BOOL, term=self.bool(depth))

    def _both(self, depth: int) -> Expr:
        return And(type=BOOL, terms=tuple(self.bool(depth) for _ in range(self._random.randrange(4))))

    def _either(self, depth: int) -> Expr:
        return Or(type=BOOL, terms=tuple(self.bool(depth) for _ in range(self._random.randrange(4))))

    def _if_bool(self, depth: int) -> Expr:
        return If(type=BOOL, condition=self.bool(depth), then=self.bool(depth), otherwise=self.bool(depth))

    def _collection(self) -> tuple[Path, Expr, Expr]:
        """A collection, a condition about one of its rows `x`, and a number of it."""
        quantity = path(INT, ("OrderItem", "quantity"), binding="x")
        note = path(TEXT, ("Order", "note"), binding="x")
        stock = path(INT, ("OrderItem", "product"), ("Product", "stock"), binding="x")
        name = path(TEXT, ("Customer", "name"), binding="x")
        own_name = path(TEXT, ("Order", "customer"), ("Customer", "name"))
        return self._random.choice(
            [
                (ITEMS, Compare(type=BOOL, op=">", left=quantity, right=self.number(0)), stock),
                (ORDERS_OF_CUSTOMER, Compare(type=BOOL, op="!=", left=note, right=self.text(0)), path(INT, ("Order", "version"), binding="x")),
                (CUSTOMERS, Compare(type=BOOL, op="==", left=name, right=own_name), Call(type=INT, function="length", arguments=(name,))),
            ]
        )  # fmt: skip

    def _quantifier(self, depth: int) -> Expr:
        collection, where, _ = self._collection()
        kind = self._random.choice(["exists", "every"])
        return Quantifier(type=BOOL, quantifier=kind, binding="x", collection=collection, where=where)

    def _aggregate(self, depth: int) -> Expr:
        collection, where, value = self._collection()
        function = self._random.choice(["count", "sum", "min", "max"])
        given = None if function == "count" else value
        only = self._random.choice([where, None])
        return Aggregate(
            type=INT, function=function, binding="x", collection=collection, value=given, where=only
        )


class World:
    """Random rows, in the database and as dicts that know each other."""

    def __init__(self, random: Random) -> None:
        self.script: list[str] = [f"delete from customer where org_id = '{ACME}'", "delete from product"]
        customers = [self._customer(random, n) for n in range(4)]
        stocks = [random.randrange(4) for _ in range(3)]
        for n, stock in enumerate(stocks):
            self.script.append(
                "insert into product (org_id, id, sku, title, price, stock) values "
                f"('{ACME}', '{_id(3, n)}', 'S-{n}', 't', 1, {stock})"
            )
        self.orders = [self._order(random, n, customers, stocks) for n in range(9)]
        company = {"id": ACME, "customers": customers}
        for order in self.orders:
            order["org"] = company

    def _customer(self, random: Random, n: int) -> dict[str, Any]:
        name, deleted = random.choice(WORDS[1:]), n == 3
        self.script.append(
            f"insert into customer (org_id, id, email, name, deleted_at) values ('{ACME}', '{_id(1, n)}', 'c{n}@x.test', "
            f"{_text(name)}, {'now()' if deleted else 'null'})"
        )
        return {
            "id": _id(1, n),
            "name": name,
            "orders": [],
            "deleted_at": "then" if deleted else None,
            "open_orders": 0,
        }

    def _order(
        self, random: Random, n: int, customers: list[dict[str, Any]], stocks: list[int]
    ) -> dict[str, Any]:
        customer = random.choice(customers)
        order: dict[str, Any] = {
            "id": _id(2, n), "number": random.choice(WORDS[1:]) + str(n), "customer": customer, "items": [],
            "status": random.choice(STATUSES), "note": random.choice([None, *WORDS]), "version": random.randrange(1, 4),
        }  # fmt: skip
        self.script.append(
            'insert into "order" (org_id, id, number, customer_id, status, note, version, placed_at) values '
            f"('{ACME}', '{order['id']}', {_text(order['number'])}, '{customer['id']}', '{order['status']}', "
            f"{_text(order['note'])}, {order['version']}, now())"
        )
        for product, stock in enumerate(stocks[: random.randrange(4)]):
            item = {"quantity": random.randrange(1, 4), "price": Decimal(random.randrange(500)) / 100}
            order["items"].append({"id": "", "quantity": item["quantity"], "product": {"stock": stock}})
            order["total"] = order.get("total", 0) + item["quantity"] * item["price"]
            self.script.append(
                "insert into order_item (org_id, order_id, product_id, quantity, unit_price) values "
                f"('{ACME}', '{order['id']}', '{_id(3, product)}', {item['quantity']}, {item['price']})"
            )
        order.setdefault("total", 0)
        customer["orders"].append(order)
        customer["open_orders"] += order["status"] == "placed"
        return order


def _id(kind: int, number: int) -> str:
    return f"0190b000-0000-7000-8000-00000000{kind:02}{number:02}"


def _text(value: str | None) -> str:
    return "null" if value is None else "'" + value.replace("'", "''") + "'"


@pytest.mark.postgres
@pytest.mark.parametrize("seed", range(3))
def test_postgresql_agrees_with_python(databases: Databases, seed: int) -> None:
    random = Random(seed)
    database = databases.fresh(TEMPLATES["inlined"])
    world = World(random)
    run(database.execute(";".join(world.script)))
    made = Expressions(random)
    asked = [random.choice([made.bool, made.number, made.text])(3) for _ in range(150)]
    for start in range(0, len(asked), 30):
        batch = asked[start : start + 30]
        scope = Scope(system()).at("Order", "o")
        columns = ", ".join(f"({print_sql(lower(expr, scope))}) as c{n}" for n, expr in enumerate(batch))
        rows = run(database.fetch(f'select o.id::text as id, {columns} from "order" as o'))
        orders = {order["id"]: order for order in world.orders}
        for row in rows:
            for n, expr in enumerate(batch):
                expected = evaluate(expr, orders[row["id"]])
                assert row[f"c{n}"] == expected, (row["id"], expr, print_sql(lower(expr, scope)))


@pytest.mark.postgres
def test_holds_is_never_unknown(databases: Databases) -> None:
    unknown = Compare(
        type=BOOL, op="==", left=path(TEXT, ("Order", "note")), right=Literal(type=TEXT, value="x")
    )
    for expr in (unknown, Not(type=BOOL, term=unknown)):
        condition = print_sql(holds(expr, Scope(system()).at("Order", "o")))
        database = databases.fresh()
        rows = run(database.fetch(f"select {condition} as held from (select null::text as note) as o"))
        assert rows[0]["held"] is False


def test_division_of_whole_numbers_to_a_decimal_keeps_the_fraction() -> None:
    whole = Literal(type=INT, value=1)
    divided = Arithmetic(type=DECIMAL, op="/", left=whole, right=Literal(type=INT, value=2))
    assert print_sql(lower(divided, Scope(system()))) == "CAST(1 AS DECIMAL) / 2"


@pytest.mark.parametrize(
    ("name", "written"),
    [("order", '"order"'), ("number", "number"), ("Mixed", '"Mixed"'), ('a"b', '"a""b"'), ("user", '"user"'), ("naïve", '"naïve"')],
)  # fmt: skip
def test_names_are_quoted_when_they_must_be(name: str, written: str) -> None:
    assert quote(name) == written


def test_an_expression_that_lacks_its_row_is_an_error() -> None:
    old = Path(type=TEXT, root=Root.OLD, steps=(PathStep(entity="Order", field="note"),))
    with pytest.raises(KeyError, match="old"):
        lower(old, Scope(system()).at("Order", "o"))
