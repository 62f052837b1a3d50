"""The texts that an editor sees and what the compiler says about them.

A specification is a folder, as for `bdc check`: the files on disk, with the text of the editor in place of those that are open. A tree is
parsed once per text. `check` gives what `bdc check` would, whatever edits came before.
"""

import pickle
from dataclasses import field, replace
from pathlib import Path

from bdc.diagnostics import Diagnostic, DiagnosticSink
from bdc.ir import SystemIR
from bdc.lsp.occurrences import occurrences
from bdc.lsp.symbols import Symbols, Target, gather
from bdc.lsp.walker import Occurrence
from bdc.model.names import bind
from bdc.pipeline import Compilation, compile_system
from bdc.project import is_skipped, load_project
from bdc.source import SourceFile, Span
from bdc.source.records import dataclass
from bdc.syntax import ast
from bdc.syntax.kept import Trees

OUTPUT_MARK = "bdc.lock"


@dataclass(frozen=True)
class Checked:
    """What a check found: `diagnostics` in the order of `bdc check`; `system` is None where there were errors. `packed`: the pickle of the
    system, where the check was made by another process and it has not been read yet."""

    files: dict[str, SourceFile]
    diagnostics: tuple[Diagnostic, ...]
    system: SystemIR | None
    packed: bytes | None = None

    def unpacked(self) -> "Checked":
        """Return the check with its system; reading a large one takes a while."""
        return self if self.packed is None else replace(self, system=pickle.loads(self.packed), packed=None)


@dataclass
class Names:
    """What every name means, for the texts of one moment."""

    files: dict[str, SourceFile]
    trees: dict[str, ast.SourceTree]
    symbols: Symbols
    _occurrences: dict[str, list[Occurrence]] = field(default_factory=dict)

    def occurrences(self, path: str) -> list[Occurrence]:
        if path not in self._occurrences:
            tree = self.trees.get(path)
            self._occurrences[path] = [] if tree is None else occurrences(tree, self.symbols)
        return self._occurrences[path]

    def definition(self, target: Target) -> Span | None:
        """Return where a target is declared."""
        known = self.symbols.spans.get(target)
        if known is not None:
            return known
        for members in self.symbols.members.values():
            member = members.get(target.name)
            if member is not None and member.target == target:
                return member.span
        every = (each for path in self.trees for each in self.occurrences(path))
        return next((each.span for each in every if each.declares and each.target == target), None)

    def at(self, path: str, offset: int) -> Occurrence | None:
        """Return the name at an offset (or that ends there)."""
        found = [each for each in self.occurrences(path) if each.span.start <= offset <= each.span.end]
        return min(found, key=lambda each: each.span.end - each.span.start) if found else None


class Workspace:
    """One specification: the folder `root`, and the texts of the editor by path."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.open: dict[str, str] = {}
        self.trees = Trees()
        self.checked: Checked | None = None
        self.last_good: Checked | None = None
        self._disk: tuple[SourceFile, ...] | None = None
        self._names: Names | None = None

    def set_text(self, path: str, text: str | None) -> None:
        """Take the text of an open file, or with None go back to what is on disk."""
        if text is None:
            self.open.pop(path, None)
            self.forget_disk()
        else:
            self.open[path] = text
        self._names = None

    def forget_disk(self) -> None:
        """Read the files anew at the next question."""
        self._disk, self._names = None, None

    def files(self) -> tuple[SourceFile, ...]:
        """Return all files in the order of `bdc check`, as the editor sees them."""
        if self._disk is None:
            self._disk = load_project(self.root, DiagnosticSink()).files if self.root.exists() else ()
        texts = {file.path: file.text for file in self._disk} | self.open
        beside = {file.path: file.beside for file in self._disk}
        return tuple(SourceFile(path, texts[path], beside.get(path)) for path in sorted(texts))

    def check(self, files: tuple[SourceFile, ...] | None = None) -> Checked:
        """Compile the texts; equal to a check of the same texts from nothing."""
        files = self.files() if files is None else files
        found: Compilation = compile_system(files, parse=self.trees.parse)
        sources = {file.path: file for file in files}
        return Checked(sources, found.diagnostics, found.system)

    def keep(self, checked: Checked) -> None:
        """Remember a check as the last one."""
        self.checked = checked
        if checked.system is not None:
            self.last_good = checked

    def names(self) -> Names:
        """Return what names mean now; parses only what has changed."""
        if self._names is None:
            files = self.files()
            trees = [self.trees.roughly(file) for file in files]
            symbols = gather(bind(trees, DiagnosticSink()))
            every = {tree.file.path: tree for tree in symbols.names.trees}
            sources = {path: tree.file for path, tree in every.items()}
            self._names = Names(sources, every, symbols)
        return self._names


def find_root(file: Path, top: Path) -> Path:
    """Return the folder of the specification that `file` belongs to: the highest one, up to `top`, in which all files are of one
    root module."""
    root = file.parent
    while root != top and top in root.parents and len(_root_modules(root.parent)) <= 1:
        root = root.parent
    return root


def _root_modules(folder: Path) -> set[str]:
    found: set[str] = set()
    for path in folder.rglob("*.bds"):
        relative = path.relative_to(folder)
        if not is_skipped(relative) and not _is_output(folder, relative):
            found |= _module(path)
    return found


def _is_output(folder: Path, relative: Path) -> bool:
    return any((folder / parent / OUTPUT_MARK).exists() for parent in relative.parents)


def _module(path: Path) -> set[str]:
    try:
        text = path.read_text(encoding="utf-8-sig", errors="replace")
    except OSError:
        return set()
    for line in text.splitlines():
        if line.startswith("module "):
            return {line.split()[1].split(".")[0]}
    return set()
