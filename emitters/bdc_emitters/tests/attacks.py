"""What the emitted security tests attack with a text of their own: encrypted fields that a caller writes, and fields that a rule hides.

The text (`MARK` characters) is searched for afterwards where it must not be, so that only fields count which take any text of that
length.
"""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from bdc.ir import CollectionField, Entity, EntityField, InputShape, Scalar, ScalarField, ScalarType, SystemIR
from bdc_emitters.tests.fixture import Fixture
from bdc_emitters.tests.rows import WorldRow
from bdc_emitters.tests.unborn import NewRows

Data = dict[str, Any]
MARK = 14
# What a cell carries whose verdict over HTTP depends on more than the policy.
UNCLEAR = ("unreadable", "unwritable", "undecided")


class Attacks:
    """Finds the places of one system."""

    def __init__(self, system: SystemIR, world: Fixture, new: NewRows) -> None:
        self._system, self._world, self._new = system, world, new

    def document(self, entities: dict[str, Data], cells: Iterable[Data], fields: Iterable[Data]) -> Data:
        """Return the encrypted members of bodies that some caller may send, and the hidden fields with the callers and rows that they
        are hidden from. `entities`, `cells`, `fields`: those of the matrix."""
        done = {
            (cell["entity"], cell["action"])
            for cell in cells
            if cell["allowed"] and not any(name in cell for name in UNCLEAR)
        }
        encrypted = [
            place for place in self._encrypted(entities) if (place["entity"], place["action"]) in done
        ]
        return {"encrypted": encrypted, "hidden": list(self._hidden(fields))}

    def _encrypted(self, entities: dict[str, Data]) -> Iterator[Data]:
        for name, facts in entities.items():
            entity, shape, body = self._system.entity(name), None, facts["rest"].get("create", {}).get("body")
            if isinstance(body, dict):
                shape = self._new.shape(entity)
            for path in self._paths(entity, shape, body) if shape else ():
                yield {"entity": name, "action": "create", "path": path}
            for member in facts["update_members"] if "update" in facts["rest"] else ():
                field = entity.field(member)
                if _is_encrypted(field) and self._takes(entity, member, self._world.of(name)):
                    yield {"entity": name, "action": "update", "path": [member]}

    def _paths(self, entity: Entity, shape: InputShape, body: Data) -> Iterator[list[str | int]]:
        """Yield where a create's body holds encrypted texts: in the row itself, and in the first row of each collection it owns."""
        for member in shape.members:
            field = entity.field(member.field)
            if member.nested is not None and isinstance(field, CollectionField):
                rows = body.get(member.field)
                if isinstance(rows, list) and rows:
                    target = self._system.entity(field.target)
                    yield from (
                        [member.field, 0, *rest] for rest in self._paths(target, member.nested, rows[0])
                    )
            elif _is_encrypted(field) and self._is_free(entity, member.field):
                yield [member.field]

    def _is_free(self, entity: Entity, name: str) -> bool:
        """Whether every caller that creates a row may give it this text in this field."""
        policy = self._system.policy(entity.name)
        ruled = any(
            rule.field == name and rule.write is not None for rule in (policy.fields if policy else ())
        )
        return not ruled and self._takes(entity, name, self._unborn(entity))

    def _unborn(self, entity: Entity) -> list[WorldRow]:
        row = self._new.of(entity, "a")
        return [] if row is None else [row]

    def _takes(self, entity: Entity, name: str, rows: Iterable[WorldRow]) -> bool:
        """Whether no check of the table refuses the text in these rows."""
        rules = self._world.rules(entity)
        return not any(
            rules.broken(replace(row, values={**row.values, name: "x" * MARK}), (), alone=True)
            for row in rows
        )

    def _hidden(self, fields: Iterable[Data]) -> Iterator[Data]:
        found: dict[tuple[str, str], Data] = {}
        for cell in fields:
            entity = self._system.entity(cell["entity"])
            if cell["seen"] is not False or not _takes_text(entity.field(cell["field"])):
                continue
            if not self._takes(entity, cell["field"], self._world.of(entity.name)):
                continue
            place = {"entity": entity.name, "member": cell["member"], "column": cell["column"], "from": []}
            kept = found.setdefault((entity.name, cell["field"]), place)
            kept["from"].append({"caller": cell["caller"], "row": cell["row"]})
        yield from found.values()


def _is_encrypted(field: EntityField | None) -> bool:
    return isinstance(field, ScalarField) and field.encrypted and _takes_text(field)


def _takes_text(field: EntityField | None) -> bool:
    if not isinstance(field, ScalarField) or not isinstance(field.type, ScalarType):
        return False
    kind = field.type
    bounds = (kind.min_length or 0, MARK if kind.max_length is None else kind.max_length)
    is_text = kind.scalar in (Scalar.STRING, Scalar.TEXT) and kind.pattern is None and kind.format is None
    return is_text and bounds[0] <= MARK <= bounds[1] and kind.db is None and not field.embedded
