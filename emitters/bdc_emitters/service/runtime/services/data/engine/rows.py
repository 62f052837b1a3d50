"""One row as JSON text, with what hangs on it: members, value objects, related rows."""

import re
from collections.abc import Iterable, Iterator
from itertools import groupby

from services.data.engine.fragments import EntityRead, Fragments, ReadMember, ReadRelation, ReadRule
from services.data.engine.selection import Child, Constant, Distance, Leaf, Many, One, Struct, StructPart
from services.data.engine.slots import Slots
from services.data.engine.text import Text, literal, name
from services.data.engine.visibility import FALSE, TRUE, permitted, visible

FAR = '"#far"'  # no column can have this name
_ACTOR = re.compile("«actor\\.\\w+»")


class Rows:
    """Writes rows for one caller's roles. Aliases are fresh in the whole statement."""

    def __init__(self, fragments: Fragments, roles: frozenset[str], slots: Slots) -> None:
        self._fragments = fragments
        self._roles = roles
        self._slots = slots
        self._aliases = 0
        self.measured: set[str] = set()  # aliases of rows that have a distance

    def alias(self) -> str:
        self._aliases += 1
        return f"t{self._aliases}"

    def over(self, alias: str, fragments: Iterable[str]) -> list[str]:
        """Return fragments with the row's alias and the caller's parameters in place."""
        return [self.bound(fragment.replace("«a»", alias)) for fragment in fragments]

    def bound(self, fragment: str) -> str:
        if "«actor." not in fragment:
            return fragment
        return _ACTOR.sub(lambda found: self._slots.actor[found[0]], fragment)

    def object(self, read: EntityRead, alias: str, children: Iterable[Child]) -> str:
        """Return an expression of the row's JSON text; never null."""
        text = Text().add("{")
        for position, together in enumerate(self._together(read, children)):
            text.add("," if position else "")
            if len(together) > 1:
                self._look(text, read, alias, together)
                continue
            text.add(name(together[0].key))
            self._child(text, read, alias, together[0])
        return text.add("}").sql()

    def _together(self, read: EntityRead, children: Iterable[Child]) -> Iterator[list[Child]]:
        """Yield the children one by one, but neighbours whose aggregates are over the same rows in one list."""
        for look, neighbours in groupby(children, lambda child: self._looks_at(read, child)):
            found = list(neighbours)
            yield from [found] if look else [[child] for child in found]

    def _looks_at(self, read: EntityRead, child: Child) -> str:
        member = read.member[child.member] if isinstance(child, Leaf) else None
        if member is None or (member.visible is not None and permitted(member.visible, self._roles) != TRUE):
            return ""
        return member.look

    def _look(self, text: Text, read: EntityRead, alias: str, together: Iterable[Child]) -> None:
        """Write the members of a row that one sub-query works out: for each of its own, row level security would be set up again."""
        inner, look = Text(), ""
        for position, child in enumerate(together):
            assert isinstance(child, Leaf)  # nosec B101
            member = read.member[child.member]
            value, look = self.over(alias, [member.looked, member.look])
            inner.add(("," if position else "") + name(child.key) + member.prefix)
            inner.compute(value).add(member.suffix)
        text.compute(f"(select {inner.sql()} from {look})")  # nosec B608

    def _child(self, text: Text, read: EntityRead, alias: str, child: Child) -> None:
        match child:
            case Constant(json=json):
                text.add(json)
            case Distance():
                text.compute(self._distance(alias))
            case Leaf(member=wanted):
                self._leaf(text, read.member[wanted], alias)
            case Struct(member=wanted):
                member = read.member[wanted]
                text.compute(
                    self._seen(member.visible, self._struct(member, alias, child), member.mask, alias)
                )
            case One(relation=wanted):
                relation = read.relation[wanted]
                found = f"coalesce({self._one(relation, alias, child)}, 'null')"
                text.compute(self._seen(relation.visible, found, "'null'", alias))
            case Many(relation=wanted):
                relation = read.relation[wanted]
                items = self._many(relation, alias, child)
                if relation.visible is None or permitted(relation.visible, self._roles) == TRUE:
                    text.add("[").compute(items).add("]")
                else:
                    text.compute(self._seen(relation.visible, f"concat('[', {items}, ']')", "'[]'", alias))

    def _distance(self, alias: str) -> str:
        """Return the JSON text of how far a row of the list is; what JSON has no number for is null."""
        if alias not in self.measured:
            return "'null'"
        far = f"{alias}.{FAR}"
        return f"case when abs({far}) < 'infinity' then {far}::text else 'null' end"

    def _leaf(self, text: Text, member: ReadMember, alias: str) -> None:
        value = self.bound(member.text.replace("«a»", alias))
        if member.visible is None or permitted(member.visible, self._roles) == TRUE:
            text.add(member.prefix).compute(value).add(member.suffix)
            return
        whole = Text().add(member.prefix).compute(value).add(member.suffix).sql()
        text.compute(self._seen(member.visible, whole, member.mask, alias))

    def _seen(self, rules: tuple[ReadRule, ...] | None, value: str, mask: str, alias: str) -> str:
        """Return `value` for whom may see it, else `mask`."""
        condition = TRUE if rules is None else permitted(rules, self._roles)
        if condition == TRUE:
            return value
        (hidden,) = self.over(alias, [mask])
        if condition == FALSE:
            return hidden
        (seen,) = self.over(alias, [condition])
        return f"case when {seen} then {value} else {hidden} end"

    def _one(self, relation: ReadRelation, alias: str, child: One) -> str:
        target = self._fragments.entity[relation.target]
        related = self.alias()
        where = " and ".join(self._related(relation, target, alias, related))
        body = self.object(target, related, child.children)
        return f"(select {body} from {target.table} as {related} where {where})"  # nosec B608

    def _many(self, relation: ReadRelation, alias: str, child: Many) -> str:
        """Return a sub-query for the related rows, without the brackets around them; null where there are none."""
        target = self._fragments.entity[relation.target]
        related, link = self.alias(), self.alias()
        where = " and ".join(self._related(relation, target, alias, related, link))
        through = f"{relation.through.replace('«t»', link)}, " if relation.through else ""
        order = (relation.order or "").replace("«b»", related)
        rows = (
            f"select {self.object(target, related, child.children)} as j from {through}{target.table} as {related}"  # nosec B608
            f" where {where} order by {order}{self._limit(relation, child)}"
        )
        return f"(select string_agg(r.j, ',') from ({rows}) as r)"  # nosec B608

    def _limit(self, relation: ReadRelation, child: Many) -> str:
        bounds = [] if relation.max is None else [str(relation.max)]
        if isinstance(child.first, int):
            bounds.append(str(child.first))
        elif child.first is not None:
            bounds.append(self._slots.cast(child.first, "bigint"))
        if not bounds:
            return ""
        return f" limit {bounds[0]}" if len(bounds) == 1 else f" limit least({', '.join(bounds)})"

    def _related(
        self, relation: ReadRelation, target: EntityRead, alias: str, related: str, link: str = ""
    ) -> Iterator[str]:
        """Yield what ties a related row to its row and shows it to the caller."""
        yield relation.join.replace("«a»", alias).replace("«b»", related).replace("«t»", link)
        if relation.through_entity is not None:
            between = self._fragments.entity[relation.through_entity]
            yield from self.over(link, visible(between, self._roles, scoped=relation.implied))
        seen = visible(target, self._roles, scoped=relation.implied, guarded=relation.guarded_by_parent)
        yield from self.over(related, seen)

    def _struct(self, member: ReadMember, alias: str, child: Struct) -> str:
        (value,) = self.over(alias, [f"({member.sql})::jsonb"])
        return self._value_object(f"({value})", child.parts, many=child.many)

    def _value_object(self, value: str, parts: Iterable[StructPart | Constant], *, many: bool) -> str:
        """Return the JSON text of some members of a value object, or of each in a list; null stays null."""
        if not many:
            return (
                f"case when jsonb_typeof({value}) = 'object' then {self._parts(value, parts)} else 'null' end"
            )
        item = self.alias()
        listed = (
            f"select concat('[', string_agg({self._parts(f'{item}.v', parts)}, ',' order by {item}.n), ']')"
        )
        items = f"jsonb_array_elements({value}) with ordinality as {item}(v, n)"
        return f"case when jsonb_typeof({value}) = 'array' then ({listed} from {items}) else 'null' end"

    def _parts(self, value: str, parts: Iterable[StructPart | Constant]) -> str:
        text = Text().add("{")
        for position, part in enumerate(parts):
            text.add(("," if position else "") + name(part.key))
            if isinstance(part, Constant):
                text.add(part.json)
                continue
            member = f"({value} -> {literal(part.name)})"
            if part.parts is None:
                text.compute(f"coalesce({member}::text, 'null')")
            else:
                text.compute(self._value_object(member, part.parts, many=part.many))
        return text.add("}").sql()
