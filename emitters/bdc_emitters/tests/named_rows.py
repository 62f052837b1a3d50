"""Rows that seeds and scenarios name: their keys, and where they are found over HTTP."""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from bdc.ir import Entity, Expr, Literal, Path, SeedRow, SystemIR
from bdc.surface import address_members
from bdc.surface.addresses import address, around, is_by_key
from bdc.surface.seed_keys import made_key, row_key

Key = str | int


class NotTried(Exception):
    """A step that cannot be performed over HTTP; the runner reports the scenario as skipped, with this reason."""


class NamedRows:
    """Rows by their names: `office.ann` of a seed, `t` of the scenario. `value`: what a constant is as JSON."""

    def __init__(self, system: SystemIR, value: Callable[[Expr], Any]) -> None:
        self._system = system
        self._value = value
        self._known: dict[str, tuple[str, Key]] = {}
        self._given: dict[str, tuple[str, Mapping[str, Expr]]] = {}
        self._columns: dict[str, Mapping[str, Any]] = {}
        self._renamed: set[str] = set()  # rows that an operation may have given another address
        for seed in system.seeds:
            for row in seed.rows:
                self._note(f"{seed.name}.{row.name}", seed.name, row)

    def _note(self, name: str, seed: str, row: SeedRow) -> None:
        self._known[name] = (row.entity, row_key(self._system, seed, row))
        self._given[name] = (seed, {each.field: each.value for each in row.values})

    def add(self, scenario: str, row: SeedRow) -> Key:
        """Note a row of the scenario, and return its key."""
        values = {each.field: each.value for each in row.values}
        key = self._system.entity(row.entity).key
        above = values.get(key[0]) if len(key) == 1 else None
        if isinstance(above, Path) and not above.steps:  # the key is a reference: it is the key of that row
            self._known[row.name] = (row.entity, self.key(str(above.name)))
            self._given[row.name] = (scenario, values)
        else:
            self._note(row.name, scenario, row)
        return self.key(row.name)

    def hold(self, name: str, columns: Mapping[str, Any]) -> None:
        """Note what the table has for a row."""
        self._columns[name] = columns

    def entity(self, name: str) -> str:
        """Return the entity of a row."""
        return self._known[name][0]

    def key(self, name: str) -> Key:
        """Return the key of a row."""
        return self._known[name][1]

    def given(self, name: str) -> Mapping[str, Expr]:
        """Return the values that were written for a row, by field."""
        return self._given[name][1]

    def meant(self, row: str, path: Path) -> str:
        """Return the name of the row that a value of `row` names: rows of one seed name each other without it."""
        name = str(path.name)
        own = f"{self._given[row][0]}.{name}"  # a row of the test may be called like one of the seed
        return own if "." in row and own in self._known else name

    def rename(self, name: str) -> None:
        """Note that the row may have another address from now on."""
        self._renamed.add(name)

    def path(self, template: str, entity: Entity, name: str) -> str:
        """Return the path of a row; one without places stays as it is. Raises NotTried where a part of it is not known."""
        for hole, found in self._parts(entity, name).items() if "{" in template else ():
            template = template.replace(f"{{{hole}}}", quote(str(found), safe=""))
        if "{" in template:
            raise NotTried(f"a row of `{entity.name}`, which `{template}` does not name")
        return template

    def _parts(self, entity: Entity, name: str) -> dict[str, Key]:
        if name in self._renamed and not is_by_key(self._system, entity):
            raise NotTried(f"a row of `{entity.name}` after an operation that may change its address")
        members = (member.name for member in address_members(self._system, entity))
        fields = address(self._system, entity)
        found = dict(zip(members, (self._part(entity, name, each) for each in fields), strict=True))
        child = name
        for each in around(self._system, entity):
            child = self._parent(each.child, child, each.reference.name)
            values = (self._part(each.entity, child, field.name) for field in each.fields)
            found |= dict(zip(each.names, values, strict=True))
        return found

    def _parent(self, entity: Entity, name: str, reference: str) -> str:
        found = self.given(name).get(reference)
        if not isinstance(found, Path) or found.steps:
            raise NotTried(f"a row of `{entity.name}`, which stands under another row, without `{reference}`")
        return self.meant(name, found)

    def _part(self, entity: Entity, name: str, field: str) -> Key:
        found = self.given(name).get(field)
        if isinstance(found, Path) and not found.steps:
            return self.key(self.meant(name, found))
        value = self._value(found) if found is not None else self._made(entity, name, field)
        if not isinstance(value, str | int):
            raise NotTried(f"a row of `{entity.name}` without a value for `{field}`")
        return value

    def _made(self, entity: Entity, name: str, field: str) -> Any:
        made, declared = made_key(entity), entity.field(field)
        if entity.key == (field,) or (made is not None and made.name == field):
            return self.key(name)
        held = self._columns.get(name, {}).get(getattr(declared, "column", field))
        default = getattr(declared, "default", None)
        return default.plain if held is None and isinstance(default, Literal) else held
