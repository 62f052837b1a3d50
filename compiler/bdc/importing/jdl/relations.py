"""Relationships of a JDL → references and collections."""

from collections.abc import Mapping

from bdc.importing.draft import Ledger, Part, Unit
from bdc.importing.jdl.elements import LEFT, RIGHT
from bdc.importing.jdl.nodes import RelationNode, Side
from bdc.importing.names import Unique, field_name
from bdc.source.records import dataclass

_ACTIONS = {
    "CASCADE": "cascade",
    "SET NULL": "set_null",
    "RESTRICT": "restrict",
    "NO ACTION": "no_action",
    "SET DEFAULT": "set_default",
}
_DELETED, _UPDATED = ("ondelete", "on_delete"), ("onupdate", "on_update")


@dataclass(frozen=True, slots=True)
class Ends:
    """What relationships need of entities: their units, names, and names of members that are taken; `added`: lines of the report."""

    units: Mapping[str, Unit]
    said: Mapping[str, str]
    names: Mapping[str, Unique]
    added: list[str]

    def take(self, entity: str, wanted: str) -> str:
        """Return a free name for a member; another one than the source has is told."""
        name = field_name(wanted)
        made = self.names[entity].take(name)
        if made != name:
            told = f"`{self.said[entity]}.{made}`: the source calls it `{wanted}`, and another member has that name"
            self.added.append(told)
        return made


@dataclass(frozen=True, slots=True)
class _End:
    """A side with its path, and the path of the other."""

    side: Side
    path: str


def relate(ends: Ends, relation: RelationNode, path: str, ledger: Ledger) -> None:
    """Add the members of both sides of a relationship to their entities."""
    left, right = _End(relation.left, f"{path}/{LEFT}"), _End(relation.right, f"{path}/{RIGHT}")
    missing = [end.side.entity for end in (left, right) if end.side.entity not in ends.units]
    if missing:
        ledger.leave(path, f"there is no entity {missing[0]}")
        return
    for end in (left, right):
        ledger.leave(f"{end.path}/shown", "the display field is for JHipster's user interface")
    says = [
        path,
        *(f"{path}/with {option}" for option in relation.options if option.lower() == "builtinentity"),
    ]
    if relation.kind == "ManyToMany":
        _many(ends, left, right, says, ledger)
    elif relation.kind == "OneToMany":
        _one(ends, right, left, relation, says, ledger)
    else:
        _one(ends, left, right, relation, says, ledger)


def _one(
    ends: Ends, owner: _End, target: _End, relation: RelationNode, says: list[str], ledger: Ledger
) -> None:
    """A reference from the owner, and the collection of the target where it has a name."""
    goal = ends.said[target.side.entity]
    derived = [option for option in relation.options if option.lower() in ("jpaderivedidentifier",)]
    name = ends.take(owner.side.entity, owner.side.member or target.side.entity)
    required = owner.side.required or bool(derived)
    unit = Unit([Part(f"{name}: {goal}{'' if required else '?'}", tuple(says), needed=True)])
    path = owner.path.rpartition("/")[0]
    unit.parts[0].says += tuple(
        each
        for each, there in ((owner.path, owner.side.member), (f"{owner.path}/required", owner.side.required))
        if there
    )
    if derived:
        _derive(ends, owner.side.entity, target.side.entity, unit, f"{path}/with {derived[0]}")
    elif relation.kind == "OneToOne":
        unit.add("@unique")
    _behaviour(unit, owner, target)
    if owner.side.doc:
        unit.doc, unit.doc_says = tuple(owner.side.doc.split("\n")), (f"{owner.path}/comment",)
    ends.units[owner.side.entity].put(unit)
    if target.side.required:
        ledger.leave(f"{target.path}/required", "a row is written before those that refer to it")
    _collection(ends, target, ends.said[owner.side.entity], name, unit)


def _collection(ends: Ends, end: _End, of: str, inverse: str, reference: Unit) -> None:
    if end.side.member:
        name = ends.take(end.side.entity, end.side.member)
        unit = ends.units[end.side.entity].put(
            Unit([Part(f"{name}: {of}[] @inverse({inverse})", (end.path,), needed=True)])
        )
        if end.side.doc:
            unit.doc, unit.doc_says = tuple(end.side.doc.split("\n")), (f"{end.path}/comment",)
    elif end.side.doc:
        reference.doc += tuple(end.side.doc.split("\n"))
        reference.doc_says += (f"{end.path}/comment",)


def _derive(ends: Ends, entity: str, target: str, unit: Unit, says: str) -> None:
    """Let the key of the owner be the key of the target."""
    key, goal = _key(ends.units[entity]), _key(ends.units[target])
    name = key.parts[0].text.partition(":")[0]
    text = " ".join(part.text for part in goal.parts)
    kind = text.partition(":")[2].partition("=")[0].partition("@")[0].strip()
    key.parts = [Part(f"{name}: {kind}", key.parts[0].says, needed=True), Part("@id", needed=True)]
    unit.add(f"@fields({name})", says)


def _key(entity: Unit) -> Unit:
    return next(each for each in entity.inside or () if any(part.text == "@id" for part in each.parts))


def _behaviour(unit: Unit, owner: _End, target: _End) -> None:
    for end in (owner, target):
        for name, value in end.side.annotations:
            word = next((said for jdl, said in (_DELETED, _UPDATED) if name.lower() == jdl), None)
            action = _ACTIONS.get((value or "").upper())
            if word and action:
                unit.add(f"@{word}({action})", f"{end.path}/@{name}")
            else:
                shown = f"@{name}({value})" if value is not None else f"@{name}"
                unit.notes.append(Part(f"JHipster: {shown}", (f"{end.path}/@{name}",)))


def _many(ends: Ends, left: _End, right: _End, says: list[str], ledger: Ledger) -> None:
    """A collection on the side that owns, and its other side where it has a name."""
    owner, other = (left, right) if left.side.member or not right.side.member else (right, left)
    name = ends.take(owner.side.entity, owner.side.member or other.side.entity)
    unit = ends.units[owner.side.entity].put(
        Unit([Part(f"{name}: {ends.said[other.side.entity]}[] @through", tuple(says), needed=True)])
    )
    if owner.side.member:
        unit.parts[0].says += (owner.path,)
    if owner.side.doc:
        unit.doc, unit.doc_says = tuple(owner.side.doc.split("\n")), (f"{owner.path}/comment",)
    for end in (owner, other):
        if end.side.required:
            ledger.leave(f"{end.path}/required", "a row is written before those that it is joined with")
        for annotation, _ in end.side.annotations:
            ledger.leave(f"{end.path}/@{annotation}", "a row between two others goes with either of them")
    _collection(ends, other, ends.said[owner.side.entity], name, unit)
