"""What is declared: every declaration and member of a specification under one name, with its place and its type."""

from collections.abc import Iterator
from dataclasses import field

from bdc.model.names import FileNames, Names
from bdc.source import Span
from bdc.source.records import dataclass
from bdc.syntax import ast

Owner = ast.EntityDecl | ast.ViewDecl | ast.MixinDecl | ast.StructDecl | ast.ErrorDecl | ast.EventDecl


@dataclass(frozen=True, slots=True)
class Target:
    """What a name leads to. `owner`: the module of a declaration; `module.Declaration` of a member."""

    kind: str
    owner: str
    name: str

    @property
    def path(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name


@dataclass(frozen=True, slots=True)
class Member:
    """A field, value, parameter or claim. `type`: the declaration that its type names; None for scalars."""

    target: Target
    span: Span
    node: ast.Node
    type: Target | None = None
    many: bool = False


@dataclass(slots=True)
class Symbols:
    """`declared`: node by target; `spans`: where each name is written; `members`: by the target they belong to; `callers`: the entity of a
    second identity by its roles."""

    names: Names
    declared: dict[Target, ast.Node] = field(default_factory=dict)
    spans: dict[Target, Span] = field(default_factory=dict)
    members: dict[Target, dict[str, Member]] = field(default_factory=dict)
    claims: dict[str, Member] = field(default_factory=dict)
    identity: Target | None = None
    callers: dict[str, Target] = field(default_factory=dict)
    operations: dict[tuple[str, str], Target] = field(default_factory=dict)

    def find(self, file: str, name: str) -> Target | None:
        """Return what a name means at the top level of a file."""
        names = self.names.files.get(file)
        symbol = None if names is None else _visible(names, name)
        return None if symbol is None else Target(*symbol)

    def anywhere(self, file: str, name: str) -> Target | None:
        """Return what a name means where declarations of every module are known: amounts, errors of scenarios."""
        known = self.find(file, name)
        return known or next(
            (each for each in self.declared if each.name == name and each.owner != "actor"), None
        )

    def visible(self, file: str) -> Iterator[Target]:
        """Yield the declarations that a file can name: its module's and those that it imports."""
        names = self.names.files.get(file)
        for name in () if names is None else (*names.declared, *names.imports):
            found = self.find(file, name)
            if found is not None:
                yield found

    def member(self, owner: Target | None, name: str) -> Member | None:
        return None if owner is None else self.members.get(owner, {}).get(name)


def _visible(names: FileNames, name: str) -> tuple[str, str, str] | None:
    symbol = names.imports[name].symbol if name in names.imports else names.declared.get(name)
    return None if symbol is None else (symbol.kind, symbol.module, symbol.name)


def gather(names: Names) -> Symbols:
    """Return everything that the files of `names` declare."""
    found = Symbols(names)
    for module, table in names.modules.items():
        for symbol in table.values():
            target = Target(symbol.kind, module, symbol.name)
            found.declared[target] = symbol.declaration
            found.spans[target] = symbol.span
    for target, node in tuple(found.declared.items()):
        found.members[target] = _members(found, target, node, frozenset())
    for tree in names.trees:
        for declaration in tree.declarations:
            if isinstance(declaration, ast.IdentityDecl):
                _identity(found, declaration)
            if isinstance(declaration, ast.ApiDecl):
                _operations(found, declaration.items, "")
    return found


def _members(found: Symbols, target: Target, node: ast.Node, seen: frozenset[Target]) -> dict[str, Member]:
    members: dict[str, Member] = {}
    if isinstance(node, ast.EnumDecl):
        for value in node.values:
            if isinstance(value, ast.EnumValue):
                one = Target("value", target.path, value.name.text)
                members.setdefault(one.name, Member(one, value.name.span, value, target))
    if not isinstance(node, Owner):
        return members
    for each in node.members:
        if isinstance(each, ast.FieldDecl):
            one = Target("field", target.path, each.name.text)
            members.setdefault(one.name, _typed(found, one, each))
    for path in getattr(node, "mixins", ()):
        mixin = found.find(path.span.file, path.text)
        if mixin is not None and mixin not in seen and mixin in found.declared:
            inherited = _members(found, mixin, found.declared[mixin], seen | {target})
            members = {**inherited, **members}
    return members


def _typed(found: Symbols, target: Target, node: ast.FieldDecl | ast.Parameter | ast.ClaimItem) -> Member:
    first = node.type.bases[0] if node.type.bases else None
    type_ = None if first is None else found.find(node.span.file, first.path.text)
    return Member(target, node.name.span, node, type_, node.type.array)


def _identity(found: Symbols, node: ast.IdentityDecl) -> None:
    entity = found.find(node.span.file, node.entity.text)
    listed = [name.text for item in node.items if isinstance(item, ast.RolesItem) for name in item.names]
    if listed and entity is not None:
        found.callers.update(dict.fromkeys(listed, entity))
    else:
        found.identity = entity
    for item in node.items:
        if isinstance(item, ast.ClaimItem):
            target = Target("claim", "actor", item.name.text)
            if not listed or item.name.text not in found.claims:
                found.claims[item.name.text] = _typed(found, target, item)
            found.spans[target], found.declared[target] = item.name.span, item


def _operations(found: Symbols, items: tuple[ast.Node, ...], owner: str) -> None:
    for item in items:
        if isinstance(item, ast.ResourceDecl):
            _operations(found, item.items, item.entity.text)
        elif isinstance(item, ast.OperationDecl):
            target = Target("operation", owner, item.name.text)
            found.operations.setdefault((owner, item.name.text), target)
            found.spans.setdefault(target, item.name.span)
            found.declared.setdefault(target, item)
            found.members[target] = {
                each.name.text: _typed(found, Target("parameter", target.path, each.name.text), each)
                for each in item.parameters
            }
