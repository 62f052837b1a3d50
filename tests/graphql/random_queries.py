"""Random documents over the shop's schema: aliases, arguments, variables, fragments, `@include` and `@skip`, fields named twice."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random
from typing import Any

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
)

from tests.graphql import shop_data

# Enough to reach everything, little enough to stay within the cost that the shop allows.
LENGTHS = (1, 2, 3)
# So deep filters are nested in one another, at most.
DEEPEST = 3
SCALARS: dict[str, tuple[Any, ...]] = {
    "ID": (
        *shop_data.ORDERS[:3],
        *shop_data.CUSTOMERS[:3],
        *shop_data.TAGS,
        shop_data.FOREIGN_ORDER,
        "nonsense",
    ),
    "String": ("A-001", "blue", "very good", "c1@mail.test", "SKU-3", "'; drop table org --", 'q"\\'),
    "DateTime": ("2026-01-01T12:00:00Z", "2026-01-01T15:30:00.5+02:00", "2026-01-02T00:00:00+00:00"),
    "Date": ("2026-01-01", "2026-01-03"),
    "Decimal": ("4.50", 10, "16", 7.5),
    "Int": (0, 1, 5),
    "Boolean": (True, False),
}


@dataclass
class Document:
    """A document with its variables; `fragments` are collected while it is written."""

    variables: dict[str, Any] = field(default_factory=dict)
    declared: list[str] = field(default_factory=list)
    fragments: list[str] = field(default_factory=list)
    text: str = ""


class Generator:
    """Writes documents. `cursors`: those of an earlier answer, by sort order."""

    def __init__(self, schema: GraphQLSchema, seed: int, cursors: list[str]) -> None:
        self._schema = schema
        self._random = Random(seed)
        self._cursors = cursors
        self._names = 0
        self._document = Document()

    def document(self) -> Document:
        """Return a query with one to three root fields."""
        self._document = Document()
        query = self._schema.query_type
        assert query is not None
        names = [name for name in query.fields if name != "dailyRevenue"]
        chosen = [self._random.choice(names) for _ in range(self._random.randint(1, 3))]
        roots = [self._field(query, name, 3, always_alias=True) for name in chosen]
        declared = f"({', '.join(self._document.declared)})" if self._document.declared else ""
        operation = f"query Q{declared} {{ {' '.join(roots)} }}"
        self._document.text = "\n".join([operation, *self._document.fragments])
        return self._document

    def _selections(self, type_: GraphQLObjectType, depth: int) -> str:
        leaves = [name for name, each in type_.fields.items() if not _composite(each.type)]
        inner = [name for name, each in type_.fields.items() if _composite(each.type)]
        chosen = self._some(leaves) + (self._some(inner)[:3] if depth > 0 else [])
        if not chosen:
            chosen = ["__typename"]
        self._random.shuffle(chosen)
        written = [self._field(type_, name, depth - 1) for name in chosen]
        if leaves and self._random.random() < 0.2:
            written.append(self._random.choice(leaves))  # a second time: merged
        return " ".join(self._wrapped(type_, each) for each in written)

    def _some(self, names: list[str]) -> list[str]:
        return [name for name in names if self._random.random() < 0.5]

    def _field(self, type_: GraphQLObjectType, name: str, depth: int, *, always_alias: bool = False) -> str:
        if name == "__typename":
            return f"{self._name('t')}: __typename" if self._random.random() < 0.3 else name
        definition = type_.fields[name]
        arguments = self._arguments(definition.args)
        alias = always_alias or bool(definition.args) or self._random.random() < 0.2
        written = f"{self._name('a')}: {name}" if alias else name
        written += f"({arguments})" if arguments else ""
        named = get_named_type(definition.type)
        if isinstance(named, GraphQLObjectType):
            # A structure (connection, edge) costs no depth of its own, or nothing below it would ever be reached.
            below = depth if named.name.endswith(("Connection", "Edge", "PageInfo")) else depth - 1
            return f"{written}{self._directive()} {{ {self._selections(named, below + 1)} }}"
        return f"{written}{self._directive()}"

    def _wrapped(self, type_: GraphQLObjectType, written: str) -> str:
        """Sometimes put a selection into a fragment."""
        chance = self._random.random()
        if chance < 0.08:
            return f"... on {type_.name}{self._directive()} {{ {written} }}"
        if chance < 0.16:
            name = self._name("F")
            self._document.fragments.append(f"fragment {name} on {type_.name} {{ {written} }}")
            return f"...{name}{self._directive()}"
        return written

    def _directive(self) -> str:
        if self._random.random() > 0.15:
            return ""
        value: Any = self._random.choice((True, False))
        written = self._variable("Boolean!", value) if self._random.random() < 0.6 else str(value).lower()
        return f" @{self._random.choice(('include', 'skip'))}(if: {written})"

    def _arguments(self, arguments: dict[str, Any]) -> str:
        found = []
        for name, argument in arguments.items():
            if not isinstance(argument.type, GraphQLNonNull) and self._random.random() < 0.5:
                continue
            value = self._value(name, argument.type)
            if self._random.random() < 0.5:
                found.append(f"{name}: {self._variable(str(argument.type), value)}")
            else:
                found.append(f"{name}: {_literal(value, argument.type)}")
        return ", ".join(found)

    def _variable(self, type_: str, value: Any) -> str:
        name = self._name("v")
        self._document.declared.append(f"${name}: {type_}")
        self._document.variables[name] = value
        return f"${name}"

    def _value(self, name: str, type_: Any, depth: int = 0) -> Any:
        if name == "first":
            return self._random.choice(LENGTHS)
        if name == "after":
            return self._random.choice((None, *self._cursors[:3], "tampered"))
        if isinstance(type_, GraphQLNonNull):
            type_ = type_.of_type
        elif self._random.random() < 0.1:
            return None
        if isinstance(type_, GraphQLList):
            length = self._random.randint(0, 3) if depth < DEEPEST else 0
            return [self._value("", type_.of_type, depth) for _ in range(length)]
        if isinstance(type_, GraphQLEnumType):
            return self._random.choice(list(type_.values))
        if isinstance(type_, GraphQLInputObjectType):
            chosen = self._some(list(type_.fields))[:2]
            if depth == DEEPEST:
                chosen = [each for each in chosen if each != "not"]
            return {each: self._value(each, type_.fields[each].type, depth + 1) for each in chosen}
        if type_.name == "ID" and self._random.random() < 0.6:
            return self._random.choice(shop_data.ORDERS if name == "id" else shop_data.CUSTOMERS)
        return self._random.choice(SCALARS[type_.name])

    def _name(self, prefix: str) -> str:
        self._names += 1
        return f"{prefix}{self._names}"


def _composite(type_: Any) -> bool:
    return isinstance(get_named_type(type_), GraphQLObjectType)


def _literal(value: Any, type_: Any) -> str:
    """Return a value as it is written in a document."""
    import json

    if isinstance(type_, GraphQLNonNull):
        type_ = type_.of_type
    if value is None or isinstance(value, bool):
        return json.dumps(value)
    if isinstance(type_, GraphQLList):
        return "[" + ", ".join(_literal(item, type_.of_type) for item in value) + "]"
    if isinstance(type_, GraphQLInputObjectType):
        inner = (f"{name}: {_literal(item, type_.fields[name].type)}" for name, item in value.items())
        return "{" + ", ".join(inner) + "}"
    return str(value) if isinstance(type_, GraphQLEnumType) else json.dumps(value)
