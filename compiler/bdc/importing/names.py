"""Names of a database → names of the language, each once."""

import keyword
import re
from collections.abc import Iterable

from bdc.naming.language import NO_NAMES

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_OTHER = re.compile(r"[^A-Za-z0-9]+")
# Words that the grammar or the library keeps.
_TAKEN = NO_NAMES | {"actor", "old", "new"}
_IDENTIFIER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*\Z")
_CLASSES = frozenset(["Any", "Enum", "Literal", "Optional", "None", "True", "False", "List", "Dict"])


def words(name: str) -> list[str]:
    """`customerID` → `customer`, `id`."""
    return [word.lower() for part in _OTHER.split(name) for word in _HUMP.split(part) if word]


def field_name(name: str) -> str:
    """Return a snake_case name for a column, constraint or enum value."""
    made = "_".join(words(name)) or "value"
    if made[0].isdigit():
        made = f"n{made}"
    return f"{made}_" if made in _TAKEN or keyword.iskeyword(made) else made


def value_name(label: str) -> str:
    """Return the name of an enum's value: the label itself where it can be a name."""
    return label if _IDENTIFIER.match(label) and label.lower() not in _TAKEN else field_name(label)


def type_name(name: str) -> str:
    """Return a CamelCase name for a type."""
    made = "".join(word[0].upper() + word[1:] for word in words(name)) or "Unnamed"
    if made[0].isdigit():
        made = f"N{made}"
    return f"{made}_" if made in _CLASSES or keyword.iskeyword(made) else made


def entity_name(table: str) -> str:
    """Return the name of an entity: the table's in the singular."""
    found = words(table)
    if found:
        found[-1] = singular(found[-1])
    return type_name("_".join(found))


def singular(word: str) -> str:
    """`categories` → `category`, `addresses` → `address`, `status` stays."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    if re.search(r"(ss|sh|ch|x|z)es$", word):
        return word[:-2]
    if word.endswith("s") and not word.endswith(("ss", "us", "is", "news", "series")) and len(word) > 3:
        return word[:-1]
    return word


class Unique:
    """Gives out names that are not taken yet; without regard to case, since files and classes come of them."""

    def __init__(self, taken: Iterable[str] = ()) -> None:
        self._taken = {name.lower() for name in taken}

    def take(self, *wanted: str) -> str:
        """Return the first of `wanted` that is free, else the last with a number."""
        for name in wanted:
            if name.lower() not in self._taken:
                self._taken.add(name.lower())
                return name
        number = 2
        while f"{wanted[-1]}{number}".lower() in self._taken:
            number += 1
        return self.take(f"{wanted[-1]}{number}")
