"""What a role may do before and after, compared by meaning, and how it is told."""

from collections.abc import Iterator

from bdc.changes.change import Example
from bdc.changes.meaning import EnumValues, Meaning, decide
from bdc.changes.meaning.canonical import FALSE, TRUE
from bdc.changes.sides import Sides
from bdc.ir import Expr, SystemIR
from bdc.policy.matrix import MatrixRow, Verdict
from bdc.source.records import dataclass
from bdc.surface import Kind, endpoints


@dataclass(frozen=True, slots=True)
class Shift:
    """One direction in which access differs. `word`: `lost`, `narrowed`, `gained`, `widened` or `changed` (undecided: `why`)."""

    word: str
    example: Example = ()
    why: str = ""

    @property
    def told(self) -> str:
        """The end of a message: the example, or why there is none."""
        if self.word == "changed":
            return f"; it cannot be decided which rows that are: {self.why}"
        if not self.example:
            return ""
        now = "no longer" if self.word in ("lost", "narrowed") else "now"
        return f"; for example {now} where {shown(self.example)}"


def shown(example: Example) -> str:
    """Return an example as a sentence goes on: `status is draft, total is 51`."""
    return ", ".join(f"`{what}` is `{value}`" for what, value in example)


def allowed(row: MatrixRow) -> Expr:
    """Return the condition of a cell, constant where it has none."""
    if row.verdict is Verdict.CONDITIONALLY and row.expr is not None:
        return row.expr
    return TRUE if row.verdict is Verdict.ALWAYS else FALSE


def shifts(old: Expr, new: Expr, enum_values: EnumValues) -> Iterator[Shift]:
    """Yield how what `new` allows differs from what `old` does: nothing where they mean the same."""
    meaning: Meaning = decide(old, new, enum_values)
    if meaning.lost is not None:
        yield Shift("lost" if new == FALSE else "narrowed", meaning.lost)
    if meaning.gained is not None:
        yield Shift("gained" if old == FALSE else "widened", meaning.gained)
    if meaning.undecided:
        yield Shift("changed", (), meaning.undecided)


def enum_values(sides: Sides) -> EnumValues:
    """Return what gives all values that an enum has on either side, in names of the old one."""
    known: dict[str, dict[str, None]] = {}
    for enum in sides.old.enums:
        known.setdefault(enum.name, {}).update(dict.fromkeys(value.name for value in enum.values))
    for enum in sides.new.enums:
        names = (sides.renames.value(enum.name, value.name) for value in enum.values)
        known.setdefault(sides.renames.enum(enum.name), {}).update(dict.fromkeys(names))
    return lambda name: tuple(known.get(name, ()))


class Surfaces:
    """The operations by which an action of the policy is reached."""

    def __init__(self, system: SystemIR) -> None:
        self._found: dict[tuple[str | None, str], dict[str, None]] = {}
        self._owners = {
            entity.name: system.target_of(entity.name, entity.owner)
            for entity in system.entities
            if entity.owner
        }
        for endpoint in endpoints(system):
            entity = endpoint.entity.name if endpoint.entity else None
            action = "read" if endpoint.kind in (Kind.LIST, Kind.GET) else endpoint.action
            shown = [f"{endpoint.method} {endpoint.path}"]
            shown += ["GraphQL"] if endpoint.api.graphql is not None else []
            self._found.setdefault((entity, action), {}).update(dict.fromkeys(shown))

    def of(self, entity: str | None, *actions: str) -> tuple[str, ...]:
        """Return them as a client knows them: `PATCH /v1/orders/{id}`. Rows that are written with their parent are reached by its
        operations."""
        own = dict.fromkeys(each for action in actions for each in self._found.get((entity, action), ()))
        owner = self._owners.get(entity or "")
        if own or owner is None or owner == entity:
            return tuple(own)
        return tuple(f"{each} (with its {owner})" for each in self.of(owner, *actions) if each != "GraphQL")
