"""Names derived from names: cases and plurals. Pure functions, the same in every place that needs them."""

import re

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_IRREGULAR = {
    "Person": "People",
    "Child": "Children",
    "Man": "Men",
    "Woman": "Women",
    "Datum": "Data",
    "News": "News",
    "Series": "Series",
}


def snake(name: str) -> str:
    """`OrderItem` → `order_item`."""
    return _HUMP.sub("_", name).replace("-", "_").lower()


def kebab(name: str) -> str:
    """`OutOfStock` → `out-of-stock`."""
    return snake(name).replace("_", "-")


def title(name: str) -> str:
    """`shop_floor` → `Shop Floor`."""
    return " ".join(part.capitalize() for part in snake(name).split("_"))


def pascal(name: str) -> str:
    """`ship_to` → `ShipTo`; the inside of a word is left alone."""
    return "".join(part[:1].upper() + part[1:] for part in name.split("_"))


def camel(name: str) -> str:
    """`created_at` → `createdAt`, the way Strawberry converts Python names."""
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() if part else "_" for part in rest)


def lower_first(name: str) -> str:
    """`OrderItem` → `orderItem`, `SKU` → `sku`."""
    head = re.match(r"[A-Z]+(?![a-z])|[A-Z]", name)
    return name if head is None else head.group().lower() + name[head.end() :]


def constant(*parts: str) -> str:
    """`Order`, `create` → `ORDER_CREATE`."""
    return "_".join(snake(part) for part in parts).upper()


def spaced(name: str) -> str:
    """`OrderItem` → `order item`."""
    return snake(name).replace("_", " ")


def plural(name: str) -> str:
    """`OrderItem` → `OrderItems`, `Category` → `Categories`, `Address` → `Addresses`; the last hump alone is bent."""
    humps = _HUMP.split(name)
    last = humps[-1]
    return "".join(humps[:-1]) + _IRREGULAR.get(last, _regular(last))


def _regular(word: str) -> str:
    if re.search(r"[^aeiouAEIOU]y$", word):
        return word[:-1] + "ies"
    if re.search(r"(s|x|z|ch|sh)$", word):
        return word + "es"
    return word + "s"
