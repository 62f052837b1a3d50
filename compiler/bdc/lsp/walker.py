"""One pass over the tree of a file: names noted with what they mean, and the fields and variables that are known at each place."""

from collections.abc import Callable, Mapping
from dataclasses import field, fields, replace
from typing import Any

from bdc.lsp.symbols import Member, Symbols, Target
from bdc.source import Span
from bdc.source.records import dataclass
from bdc.syntax import ast


@dataclass(frozen=True, slots=True)
class Occurrence:
    """A name that was written. `declares`: it is where the target is declared."""

    span: Span
    target: Target
    declares: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """Where a path leads: the declaration that its type names, and whether it is a relation to many."""

    type: Target | None = None
    many: bool = False


@dataclass(frozen=True, slots=True)
class Scope:
    """`row`: the entity that bare names are fields of; `variables`: other names, with what they lead to."""

    row: Target | None = None
    variables: Mapping[str, tuple[Target | None, Reach]] = field(default_factory=dict)
    wanted: Target | None = None
    operation_of: str = ""

    def with_variable(self, name: str, target: Target | None, reach: Reach) -> "Scope":
        return replace(self, variables={**self.variables, name: (target, reach)})


NOTHING = Reach()


class Walker:
    """One pass over one file; `found` grows. `visits`: what visits a node of each type."""

    def __init__(self, symbols: Symbols, tree: ast.SourceTree, visits: "Visits") -> None:
        self.symbols, self.tree, self.path = symbols, tree, tree.file.path
        self.visits = visits
        self.module = tree.module.text if tree.module is not None else ""
        self.found: list[Occurrence] = []

    def file(self) -> None:
        for use in self.tree.uses:
            for item in use.items:
                target = self.symbols.find(self.path, (item.alias or item.name).text)
                self.note(item.name, target)
                self.note(item.alias, target)
        for declaration in self.tree.declarations:
            self.visit(declaration, Scope())

    # ---- names ---------------------------------------------------------------------------------------------------------
    def note(self, name: ast.Name | None, target: Target | None, *, declares: bool = False) -> None:
        if name is not None and target is not None:
            self.found.append(Occurrence(name.span, target, declares))

    def top(self, name: ast.Name) -> Target | None:
        """Note a name of the top level."""
        target = self.symbols.find(self.path, name.text)
        self.note(name, target)
        return target

    def declare(self, node: Any) -> Target | None:
        """Note the name of a declaration."""
        target = self.symbols.find(self.path, node.name.text)
        self.note(node.name, target, declares=target is not None and target.owner == self.module)
        return target

    def member(self, owner: Target | None, name: ast.Name) -> Member | None:
        found = self.symbols.member(owner, name.text)
        self.note(name, found.target if found is not None else None)
        return found

    def operation(self, owner: str, name: ast.Name) -> None:
        self.note(name, self.symbols.operations.get((owner, name.text)))

    # ---- walking -------------------------------------------------------------------------------------------------------
    def visit(self, node: Any, scope: Scope) -> None:
        """Visit a node by its own method, or else what it consists of."""
        if isinstance(node, tuple):
            for each in node:
                self.visit(each, scope)
        elif isinstance(node, ast.Node):
            method = self.visits.get(type(node))
            if method is not None:
                method(self, node, scope)
            else:
                self.parts(node, scope)

    def parts(self, node: ast.Node, scope: Scope, *leaving: str) -> None:
        for each in fields(node):
            if each.name not in ("span", "name", *leaving):
                self.visit(getattr(node, each.name), scope)

    def walk(self, names: tuple[ast.Name, ...], scope: Scope) -> Reach:
        """Follow a path, note each name, and return where it leads."""
        first, rest = names[0], names[1:]
        if first.text in scope.variables:
            target, here = scope.variables[first.text]
            self.note(first, target)
            if first.text == "actor" and rest:
                claim = self.symbols.claims.get(rest[0].text)
                if claim is not None:
                    self.note(rest[0], claim.target)
                    here, rest = Reach(claim.type), rest[1:]
        elif not rest and self._value(first, scope):
            return Reach(scope.wanted)
        elif len(rest) == 1 and self._qualified(first, rest[0], scope):
            return Reach(self.symbols.find(self.path, first.text))
        else:
            here, rest = Reach(scope.row), names
        for name in rest:
            found = self.member(here.type, name)
            here = NOTHING if found is None else Reach(found.type, found.many)
        return here

    def _value(self, name: ast.Name, scope: Scope) -> bool:
        value = self.symbols.member(scope.wanted, name.text)
        if value is None or value.target.kind != "value":
            return False
        own = self.symbols.member(scope.row, name.text)
        if own is not None and own.type == scope.wanted:
            return False
        self.note(name, value.target)
        return True

    def _qualified(self, enum: ast.Name, name: ast.Name, scope: Scope) -> bool:
        """Note both names of `State.draft`, a value that names its enum."""
        target = self.symbols.find(self.path, enum.text)
        if self.symbols.member(scope.row, enum.text) is not None or target is None or target.kind != "enum":
            return False
        self.note(enum, target)
        self.member(target, name)
        return True

    def reach(self, node: ast.Node, scope: Scope) -> Reach:
        """Return where an expression leads, without noting anything."""
        if not isinstance(node, ast.Path):
            return NOTHING
        kept, self.found = self.found, []
        try:
            return self.walk(node.names, scope)
        finally:
            self.found = kept


Visits = Mapping[type, Callable[[Walker, Any, Scope], None]]
