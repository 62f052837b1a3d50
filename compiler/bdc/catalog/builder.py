"""A database while it is put together."""

from collections.abc import Iterable, Iterator
from typing import Any

from bdc.catalog import comments, objects, tables
from bdc.ddl import nodes
from bdc.ddl.names import Name

_LISTS = ("schemas", "extensions", "enums", "domains", "sequences", "routines", "others", "comments")
_MEMBERS = ("uniques", "checks", "foreign_keys", "exclusions", "indexes", "triggers", "policies", "rights")


class Builder:
    """Collects objects; members of tables are appended to them until `database` freezes all."""

    def __init__(self) -> None:
        self.schemas: list[objects.Schema] = []
        self.extensions: list[objects.Extension] = []
        self.enums: list[objects.EnumType] = []
        self.domains: list[objects.Domain] = []
        self.sequences: list[objects.Sequence] = []
        self.routines: list[objects.Routine] = []
        self.views: dict[Name, objects.View] = {}
        self.others: list[objects.OtherObject] = []
        self.comments: list[objects.Comment] = []
        self._tables: dict[Name, tables.Table] = {}
        self._more: dict[Name, dict[str, list[Any]]] = {}

    @classmethod
    def of(cls, database: objects.Database) -> "Builder":
        """Return a builder that has all of `database` already."""
        made = cls()
        for member in _LISTS:
            setattr(made, member, list(getattr(database, member)))
        made.views = {view.name: view for view in database.views}
        for table in database.tables:
            made.add_table(table)
            for kind in _MEMBERS:
                if found := getattr(table, kind):
                    made.members(table.name, kind).extend(found)
        return made

    def copy(self) -> "Builder":
        """Return a builder that changes on its own."""
        made = Builder()
        made.become(self)
        return made

    def become(self, other: "Builder") -> None:
        """Have what `other` has, and nothing else."""
        for member in _LISTS:
            setattr(self, member, list(getattr(other, member)))
        self.views, self._tables = dict(other.views), dict(other._tables)
        self._more = {
            name: {kind: list(found) for kind, found in more.items()} for name, more in other._more.items()
        }

    def database(self) -> objects.Database:
        frozen = (
            self._tables[name].model_copy(update={kind: tuple(found) for kind, found in more.items()})
            for name, more in self._more.items()
        )
        return objects.Database(
            schemas=tuple(self.schemas),
            extensions=tuple(self.extensions),
            enums=tuple(self.enums),
            domains=tuple(self.domains),
            sequences=tuple(self.sequences),
            tables=tuple(frozen),
            routines=tuple(self.routines),
            views=tuple(self.views.values()),
            others=tuple(self.others),
            comments=tuple(self.comments),
        )

    def add_table(self, table: tables.Table) -> None:
        self._tables[table.name] = table
        self._more[table.name] = {}

    def table(self, name: Name) -> tables.Table:
        return self._tables[name]

    def has_table(self, name: Name) -> bool:
        return name in self._tables

    def names(self) -> Iterator[Name]:
        return iter(self._tables)

    def members(self, name: Name, kind: str) -> list[Any]:
        """Return what has been appended so far, to be changed in place."""
        return self._more[name].setdefault(kind, [])

    def set(self, name: Name, **members: object) -> None:
        self._tables[name] = self._tables[name].model_copy(update=members)

    def append(self, name: Name, kind: str, member: object) -> None:
        self._more[name].setdefault(kind, []).append(member)

    def append_anywhere(self, name: Name, kind: str, member: object) -> None:
        """Append to a table or to a view (indexes and triggers stand on both)."""
        view = self.views.get(name)
        if view is None:
            self.append(name, kind, member)
        else:
            self.views[name] = view.model_copy(update={kind: (*getattr(view, kind), member)})

    def require(self, name: Name, columns: Iterable[str]) -> None:
        """The columns of a primary key are never null, whether that was said or not."""
        keyed = frozenset(columns)
        found = self._tables[name].columns
        self.set(
            name,
            columns=tuple(
                each.model_copy(update={"not_null": True}) if each.name in keyed else each for each in found
            ),
        )

    def own(self, sequence: Name, table: Name, column: str) -> None:
        self.sequences = [
            each.model_copy(update={"owner": (table, column)}) if each.name == sequence else each
            for each in self.sequences
        ]

    def grant(self, node: nodes.Grant) -> None:
        rights = tuple(_rights(node))
        match node.kind:
            case "schema":
                self.schemas = _granted(self.schemas, lambda each: Name(each.name) == node.target, rights)
                if node.target not in {Name(each.name) for each in self.schemas}:
                    self.schemas.append(objects.Schema(name=node.target.name, rights=rights))
            case "function" | "procedure":
                same = f"({node.signature or ''})"
                self.routines = _granted(
                    self.routines, lambda each: (each.name, each.signature) == (node.target, same), rights
                )
            case "sequence":
                self.sequences = _granted(self.sequences, lambda each: each.name == node.target, rights)
            case _ if node.target in self.views:
                view = self.views[node.target]
                self.views[node.target] = view.model_copy(update={"rights": (*view.rights, *rights)})
            case _:
                for right in rights:
                    self.append(node.target, "rights", right)

    def comment(self, node: nodes.CommentOn) -> None:
        comments.put(self, node)


def _rights(node: nodes.Grant) -> Iterator[tables.Right]:
    for privilege in node.privileges:
        for role in node.roles:
            for column in privilege.columns or (None,):
                yield tables.Right(
                    role=role, privilege=privilege.name, column=column, grantable=node.grantable
                )


def _granted(found: list[Any], wanted: Any, rights: tuple[tables.Right, ...]) -> list[Any]:
    return [
        each.model_copy(update={"rights": (*each.rights, *rights)}) if wanted(each) else each
        for each in found
    ]
