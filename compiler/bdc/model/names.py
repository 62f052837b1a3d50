"""Which name means which declaration, in each file: declarations gathered per module, imports bound per file."""

from collections.abc import Iterable, Sequence
from dataclasses import field

from bdc.diagnostics import DiagnosticSink, Edit
from bdc.model.errors.names import (
    AmbiguousImport,
    DuplicateName,
    UnknownImport,
    UnknownModule,
    UnusedImport,
)
from bdc.model.stdlib import standard_modules, standard_tree
from bdc.source import Span
from bdc.source.records import dataclass, replace
from bdc.syntax import ast

KINDS: dict[type, str] = {
    ast.TypeAliasDecl: "type",
    ast.EnumDecl: "enum",
    ast.StructDecl: "struct",
    ast.MixinDecl: "mixin",
    ast.EntityDecl: "entity",
    ast.ViewDecl: "view",
    ast.ErrorDecl: "error",
    ast.EventDecl: "event",
    ast.RoleDecl: "role",
    ast.ApiDecl: "api",
    ast.ExternalDecl: "external",
    ast.JobDecl: "job",
}
LOCAL = ("type", "mixin")  # these never leave the front end, so two modules may each have their own
BROKEN = "broken"


@dataclass(frozen=True, slots=True)
class Symbol:
    """A declared name. `kind` is `broken` where the declaration could not be read: its uses are not judged."""

    kind: str
    name: str
    module: str
    span: Span
    declaration: ast.Declaration


@dataclass(frozen=True, slots=True)
class Import:
    """`whole`: the `use` that imports nothing else."""

    symbol: Symbol
    span: Span
    whole: Span | None = None


@dataclass(slots=True)
class FileNames:
    """What the names of one file mean; remembers which imports were used."""

    module: str
    declared: dict[str, Symbol]
    imports: dict[str, Import] = field(default_factory=dict)
    broken: set[str] = field(default_factory=set)
    used: set[str] = field(default_factory=set)

    def find(self, name: str) -> Symbol | None:
        if name in self.imports:
            self.used.add(name)
            return self.imports[name].symbol
        return self.declared.get(name)

    def visible(self, kinds: Iterable[str]) -> tuple[str, ...]:
        """Return the visible names of these kinds, for suggestions."""
        wanted = set(kinds)
        symbols = {**self.declared, **{name: each.symbol for name, each in self.imports.items()}}
        return tuple(sorted(name for name, symbol in symbols.items() if symbol.kind in wanted))


@dataclass(slots=True)
class Names:
    """All modules and files of a system. `trees` holds the user's files in order, then the standard ones in use."""

    trees: tuple[ast.SourceTree, ...]
    modules: dict[str, dict[str, Symbol]]
    files: dict[str, FileNames]

    def of(self, span: Span) -> FileNames:
        return self.files[span.file]

    def importing(self, span: Span, module: str | None, name: str) -> Edit | None:
        """Return the edit that imports `name` from `module` into the file of `span`; None where that file cannot."""
        tree = next((tree for tree in self.trees if tree.file.path == span.file), None)
        if tree is None or tree.module is None or not module:
            return None
        same = next((use for use in tree.uses if use.module.text == module and use.items), None)
        if same is not None:
            last = same.items[-1].span
            before = tree.file.text[tree.file.text.rfind("\n", 0, last.start) + 1 : last.start]
            gap = " " if before.strip() else f"\n{before}"  # an item on a line of its own is followed by one
            return Edit(Span(span.file, last.end, last.end), f",{gap}{name}")
        header = [tree.module.span.end, *(each.span.end for each in (*tree.attributes, *tree.uses))]
        line = tree.file.text.find("\n", max(header))
        at = line if line >= 0 else len(tree.file.text)
        gap = "\n" if tree.uses else "\n\n"
        return Edit(Span(span.file, at, at), f"{gap}use {module} {{ {name} }}")

    def module_that_declares(self, name: str, kinds: Iterable[str]) -> str | None:
        """Return a module from which `name` could be imported."""
        wanted = set(kinds)
        for module in sorted(self.modules):
            found = self.modules[module].get(name)
            if found is not None and found.kind in wanted:
                return module
        return None


def bind(trees: Sequence[ast.SourceTree], sink: DiagnosticSink) -> Names:
    """Gather the declarations of all files (and of the standard modules they use) and bind their imports."""
    every = (*trees, *_standard(trees, sink))
    modules: dict[str, dict[str, Symbol]] = {}
    for tree in every:
        _declare(tree, modules.setdefault(module_of(tree), {}), sink)
    _unique_in_system(modules, sink)
    broken = {module_of(tree) for tree in every if any(_nameless(each) for each in tree.declarations)}
    files = {tree.file.path: _import(tree, modules, broken, sink) for tree in every}
    return Names(every, modules, files)


def module_of(tree: ast.SourceTree) -> str:
    return tree.module.text if tree.module is not None else ""


def _standard(trees: Sequence[ast.SourceTree], sink: DiagnosticSink) -> tuple[ast.SourceTree, ...]:
    """Parse the standard modules that are used, and those that they use."""
    found: dict[str, ast.SourceTree] = {}
    waiting = list(trees)
    while waiting:
        for use in waiting.pop(0).uses:
            name = use.module.text
            if name in standard_modules() and name not in found:
                found[name] = standard_tree(name, sink)
                waiting.append(found[name])
    return tuple(found[name] for name in sorted(found))


def _declare(tree: ast.SourceTree, table: dict[str, Symbol], sink: DiagnosticSink) -> None:
    for declaration in tree.declarations:
        symbol = _symbol(declaration, module_of(tree))
        if symbol is None:
            continue
        first = table.setdefault(symbol.name, symbol)
        if first is not symbol and _other_version(first, symbol):
            symbol = replace(symbol, name=f"{symbol.name}{_version(symbol).capitalize()}")
            first = table.setdefault(symbol.name, symbol)
        if first is not symbol and BROKEN not in (first.kind, symbol.kind):
            sink.add(DuplicateName(symbol.kind, symbol.name, symbol.span, first.span))


def _other_version(first: Symbol, other: Symbol) -> bool:
    """Say whether two apis of one name are versions of it."""
    return first.kind == other.kind == "api" and _version(first) != _version(other)


def _version(symbol: Symbol) -> str:
    declared = symbol.declaration
    found = declared.version if isinstance(declared, ast.ApiDecl) else None
    return found.text if found is not None else "v1"


def _symbol(declaration: ast.Declaration, module: str) -> Symbol | None:
    if isinstance(declaration, ast.Broken):
        name = declaration.name
        return None if name is None else Symbol(BROKEN, name.text, module, name.span, declaration)
    kind = KINDS.get(type(declaration))
    name = getattr(declaration, "name", None)
    if kind is None or not isinstance(name, ast.Name):
        return None
    return Symbol(kind, name.text, module, name.span, declaration)


def _nameless(declaration: ast.Declaration) -> bool:
    return isinstance(declaration, ast.Broken) and declaration.name is None


def _unique_in_system(modules: dict[str, dict[str, Symbol]], sink: DiagnosticSink) -> None:
    """Entities, enums, errors, roles … become tables and types of one system: their names are unique in all of it."""
    first: dict[str, Symbol] = {}
    for module in sorted(modules):
        for symbol in modules[module].values():
            if symbol.kind in LOCAL or symbol.kind == BROKEN:
                continue
            other = first.setdefault(symbol.name, symbol)
            if other is not symbol:
                sink.add(DuplicateName(symbol.kind, symbol.name, symbol.span, other.span))


def _import(
    tree: ast.SourceTree, modules: dict[str, dict[str, Symbol]], broken: set[str], sink: DiagnosticSink
) -> FileNames:
    names = FileNames(module_of(tree), modules[module_of(tree)])
    for use in tree.uses:
        table = modules.get(use.module.text)
        for item in use.items:
            local = item.alias or item.name
            if table is None or item.name.text not in table:
                names.broken.add(local.text)
            else:
                _import_one(names, use, item, table[item.name.text], sink)
            if table is not None and item.name.text not in table and use.module.text not in broken:
                sink.add(UnknownImport(use.module.text, item.name.text, item.name.span, tuple(sorted(table))))
        if table is None:
            known = tuple(sorted({*(name for name in modules if name), *standard_modules()} - {names.module}))
            sink.add(UnknownModule(use.module.text, use.module.span, known))
    return names


def _import_one(
    names: FileNames, use: ast.Use, item: ast.UseItem, symbol: Symbol, sink: DiagnosticSink
) -> None:
    local = item.alias or item.name
    earlier = names.imports.get(local.text)
    declared = names.declared.get(local.text)
    if declared is not None and use.module.text != names.module:
        sink.add(AmbiguousImport(local.text, local.span, declared.span))
    elif earlier is not None:
        sink.add(AmbiguousImport(local.text, local.span, earlier.span))
    else:
        names.imports[local.text] = Import(symbol, item.span, use.span if len(use.items) == 1 else None)


def report_unused(names: Names, sink: DiagnosticSink) -> None:
    """Warn of imports that nothing in their file used (called when everything has been resolved). What could not be read
    may use anything, so files with such text are left out."""
    unread = {
        found.primary.span.file
        for found in sink.in_source_order()
        if found.primary is not None and found.code < "E1"
    }
    for path, file in names.files.items():
        for name, found in file.imports.items() if path not in unread else ():
            if name not in file.used and found.symbol.kind != BROKEN:
                sink.add(UnusedImport(name, found.symbol.module, found.span, found.whole))
