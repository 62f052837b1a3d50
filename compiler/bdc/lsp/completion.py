"""Completion: what may be written at the cursor, by the blocks around it and the word that leads the item."""

import re
from collections.abc import Callable, Iterable, Iterator

from lsprotocol import types as lsp

from bdc.ir import LAST_RUN, WALK_DEPTH, Scalar
from bdc.lsp.completion_tables import (
    ACTIONS,
    ARGUMENTS,
    ATTRIBUTES,
    DECLARATIONS,
    KINDS,
    MEMBERS,
    TYPE_KINDS,
)
from bdc.lsp.context import Context, Frame, context_at
from bdc.lsp.hover import headline
from bdc.lsp.symbols import Symbols, Target
from bdc.lsp.workspace import Names, Workspace
from bdc.model import attributes as known_attributes
from bdc.model.expressions.trees import WALKS
from bdc.model.functions import FUNCTIONS
from bdc.model.nodes.api import VERBS
from bdc.model.stdlib import standard_modules
from bdc.model.typing.vectors import VECTOR
from bdc.syntax.expected import _BLOCKS as BLOCKS

_Kind = lsp.CompletionItemKind
Items = Iterator[lsp.CompletionItem]


def complete(workspace: Workspace, path: str, offset: int) -> list[lsp.CompletionItem]:
    """Return what may stand at an offset, each name once."""
    names = workspace.names()
    file = names.files.get(path)
    context = context_at(file, offset) if file is not None else None
    if context is None:
        return []
    found: dict[str, lsp.CompletionItem] = {}
    for item in _Completion(names, path, context).items():
        found.setdefault(item.label, item)
    return list(found.values())


class _Completion:
    """One question: `names` and `context` answer it."""

    def __init__(self, names: Names, path: str, context: Context) -> None:
        self.names, self.path, self.at = names, path, context
        self.symbols: Symbols = names.symbols

    def items(self) -> Items:
        at = self.at
        if at.before == "@":
            return self.attributes()
        if at.before == ".":
            return self.members_of(self.reach(at.path))
        call = at.call
        if len(call) == 2 and call[0] == "@":
            return self.arguments(call[1])
        if at.opener == "use" or (not at.frames and at.leading == "use"):
            return self.imports()
        if at.before == ":" and self._takes_types():
            return self.types()
        if at.accepts and at.before:
            return _words(at.accepts)
        if not at.item:
            return self.beginnings()
        leading = _LEADING.get(at.leading)
        return leading(self) if leading is not None else self.values()

    # ---- names by kind -------------------------------------------------------------------------------------------------
    def kinds(self, *kinds: str) -> Items:
        """Yield the declarations in reach; those of other modules with the edit that imports them."""
        seen: set[str] = set()
        for target in self.symbols.visible(self.path):
            if target.kind in kinds:
                seen.add(target.name)
                yield self.item(target)
        for target in self.symbols.declared:
            if target.kind in kinds and target.name not in seen and target.owner not in ("actor", ""):
                yield self.item(target, imported=True)

    def item(self, target: Target, *, imported: bool = False) -> lsp.CompletionItem:
        kind = KINDS.get(target.kind, _Kind.Reference)
        detail = headline(self.names, target)
        item = lsp.CompletionItem(target.name, kind=kind, detail=detail, sort_text=f"1{target.name}")
        if imported:
            item.detail, item.sort_text = f"use {target.owner}", f"2{target.name}"
            item.additional_text_edits = self._importing(target)
        return item

    def _importing(self, target: Target) -> list[lsp.TextEdit]:
        from bdc.lsp.positions import to_range
        from bdc.source import Span

        edit = self.symbols.names.importing(Span(self.path, 0, 0), target.owner, target.name)
        file = self.names.files[self.path]
        return [lsp.TextEdit(to_range(file, edit.span), edit.replacement)] if edit is not None else []

    def types(self) -> Items:
        for scalar in Scalar:
            yield _item(scalar.value, _Kind.TypeParameter, "scalar", order="0")
        yield _item(VECTOR, _Kind.TypeParameter, "list of numbers", order="0")
        yield from self.kinds(*TYPE_KINDS)

    def roles(self) -> Items:
        yield from self.kinds("role")
        yield from _words(("anonymous",))

    def members_of(self, owner: Target | None) -> Items:
        if owner is not None and owner.kind == "actor":
            for claim in self.symbols.claims.values():
                yield self.item(claim.target)
        elif owner is not None:
            for member in self.symbols.members.get(owner, {}).values():
                yield self.item(member.target)
            if self.at.opener == "test":
                for (entity, _), operation in self.symbols.operations.items():
                    if entity == owner.name:
                        yield self.item(operation)

    def row_fields(self) -> Items:
        return self.members_of(self.row())

    def actions(self) -> Items:
        if self.at.opener == "op":
            yield from self.roles()
            return
        yield from _words(ACTIONS)
        row = self.row()
        for (entity, _), operation in self.symbols.operations.items():
            if row is not None and entity == row.name:
                yield self.item(operation)

    def operations(self) -> Items:
        row = self.row()
        for (entity, _), operation in self.symbols.operations.items():
            if row is not None and entity == row.name:
                yield self.item(operation)

    def imports(self) -> Items:
        module = "".join(self.at.frames[-1].header) if self.at.opener == "use" else ""
        if module:
            for name, symbol in self.symbols.names.modules.get(module, {}).items():
                yield self.item(Target(symbol.kind, symbol.module, name))
        else:
            for name in sorted({*self.symbols.names.modules, *standard_modules()}):
                if name:
                    yield _item(name, _Kind.Module, "module")

    def attributes(self) -> Items:
        for name, usage in sorted(self._usages().items()):
            inside = re.fullmatch(r"@\w+\((.*)\)", usage)
            snippet = f"{name}(${{1:{_escaped(inside[1])}}})" if inside else name
            item = _item(name, _Kind.Property, usage)
            item.insert_text, item.insert_text_format = snippet, lsp.InsertTextFormat.Snippet
            yield item

    def _usages(self) -> dict[str, str]:
        words = [word for word in self.at.item if word in ATTRIBUTES]
        if words and (
            not self.at.frames or words[0] in ("op", "index", "unique", "check", "exclude", "partition")
        ):
            return known_attributes.PARAMETER if self.at.call else ATTRIBUTES[words[0]]
        by_block = {
            "enum": known_attributes.ENUM_VALUE,
            "struct": known_attributes.STRUCT_FIELD,
            "view": known_attributes.VIEW_FIELD,
            "error": known_attributes.MEMBER,
            "event": known_attributes.MEMBER,
        }
        return by_block.get(self.at.opener, known_attributes.FIELD)

    def arguments(self, attribute: str) -> Items:
        if attribute in ARGUMENTS:
            yield from _words(ARGUMENTS[attribute])
        if attribute in ("inverse", "references"):
            yield from self.members_of(self._declared_type())
        elif attribute in ("through",):
            yield from self.kinds("entity")
        elif attribute in ("fields", "include", "partition"):
            yield from self.row_fields()
        elif attribute in ("computed", "backfill"):
            yield from self.values()

    def _declared_type(self) -> Target | None:
        item = self.at.item
        at = item.index(":") + 1 if ":" in item else len(item)
        return self.symbols.find(self.path, item[at]) if at < len(item) else None

    # ---- places --------------------------------------------------------------------------------------------------------
    def beginnings(self) -> Items:
        """Yield the words that begin an item of the block, or a declaration."""
        at = self.at
        if not at.frames:
            yield from _words(DECLARATIONS)
        opener = at.opener.upper()
        listed = re.sub(r"\(.*?\)", "", BLOCKS.get(opener, ""))
        yield from _words(re.findall(r"`([a-z_]+)", listed))
        if at.opener == "machine":
            yield from self.members_of(self._state_type())
        elif at.opener == "use":
            yield from self.imports()
        elif at.opener == "input":
            yield from self.row_fields()
        elif at.opener == "load":
            yield from self.kinds("entity", "api")
        elif at.opener not in (*MEMBERS, "enum", "api", "resource", "op", "before", "after", "policy"):
            yield from self.row_fields()

    def _state_type(self) -> Target | None:
        frame = self.at.frame("machine")
        if frame is None or len(frame.header) < 3:
            return None
        field = self.symbols.member(self.symbols.find(self.path, frame.header[0]), frame.header[2])
        return field.type if field is not None else None

    def row(self) -> Target | None:
        """Return the entity that bare names are fields of."""
        frame = self.at.frame("entity", "mixin", "struct", "view", "resource", "policy", "machine")
        at = self.at
        if frame is None and at.item[:1] == ("role",) and "on" in at.item[:-1]:
            return self.symbols.find(self.path, at.item[at.item.index("on") + 1])
        if frame is not None:
            return self.symbols.find(self.path, frame.subject) or self._anywhere(frame)
        row = next((each for each in reversed(at.frames) if ":" in each.header or "=" in each.header), None)
        if row is not None:
            names = [word for word in row.header if word[:1].isupper()]
            return self.symbols.find(self.path, names[0]) if names else None
        return None

    def _anywhere(self, frame: Frame) -> Target | None:
        return next((each for each in self.symbols.declared if each.name == frame.subject), None)

    def reach(self, path: tuple[str, ...]) -> Target | None:
        """Return what a path in front of a dot leads to."""
        if not path:
            return None
        if path[0] == "actor":
            here = Target("actor", "", "actor") if len(path) == 1 else self._claim(path[1])
            rest = path[2:]
        elif path[0] in ("old", "new"):
            here, rest = self.row(), path[1:]
        else:
            bound = self._bound(path[0])
            here, rest = (bound, path[1:]) if bound is not None else (self.row(), path)
        for name in rest:
            member = self.symbols.member(here, name)
            here = member.type if member is not None else None
        return here

    def _claim(self, name: str) -> Target | None:
        claim = self.symbols.claims.get(name)
        return claim.type if claim is not None else None

    def _bound(self, name: str) -> Target | None:
        """Return what a variable of an aggregate, a view or a scenario leads to: `sum(i in items, i.…)`, `given o = Order`."""
        words = (*(word for frame in self.at.frames for word in (frame.opener, *frame.header)), *self.at.item)
        for at, word in enumerate(words):
            if word == name and words[at + 1 : at + 2] == ("in",) and at + 2 < len(words):
                collection = words[at + 2]
                member = self.symbols.member(self.row(), collection)
                return member.type if member is not None else self.symbols.find(self.path, collection)
        text = self.names.files[self.path].text
        given = re.search(rf"\bgiven {re.escape(name)} = (\w+)", text) or re.search(
            rf"^\s+{re.escape(name)}: (\w+) =", text, re.MULTILINE
        )
        return self.symbols.find(self.path, given[1]) if given else None

    def values(self) -> Items:
        """Yield what an expression may begin with."""
        yield from self.compared()
        yield from self.row_fields()
        frame = self.at.frame("policy")
        if frame is not None or self.at.item[:1] == ("role",):
            yield _item("actor", _Kind.Variable, "the caller", order="0")
            for name in ("old", "new") if frame is not None else ():
                yield _item(
                    name, _Kind.Variable, f"the row {'before' if name == 'old' else 'after'} the change"
                )
        for name in sorted({*FUNCTIONS, "count", "sum", "min", "max", "avg", "list"}):
            function = FUNCTIONS.get(name)
            yield _item(
                name, _Kind.Function, function.signature if function else f"{name}(x in rows, …)", order="3"
            )
        for name in WALKS:
            yield _item(name, _Kind.Function, f"{name}(x, along: reference, depth: {WALK_DEPTH})", order="3")
        yield _item(LAST_RUN, _Kind.Function, f"{LAST_RUN}(Job)", order="3")
        yield from _words(("exists", "every", "true", "false", "null", "not"))

    def compared(self) -> Items:
        """Yield the values of the enum that is compared, assigned or listed."""
        item = self.at.item
        names: list[str] = []
        at = len(item) - 1
        while (at >= 0 and item[at] in ("[", ",", "=", "==", "!=", "in", "not", ":")) or (
            at > 0 and item[at].isidentifier() and item[at - 1] in ("[", ",")
        ):
            at -= 1
        while at >= 0 and (item[at].isidentifier() or item[at] == "."):
            names.insert(0, item[at])
            at -= 1
        path = tuple("".join(names).split(".")) if names else ()
        owner = self.reach(path) if path else None
        declared = self._declared_type() if ":" in item and "=" in item else None
        for target in (owner, declared):
            if target is not None and target.kind == "enum":
                yield from self.members_of(target)

    def _takes_types(self) -> bool:
        return self.at.opener in MEMBERS or bool(self.at.call) or "claim" in self.at.item


def _words(words: Iterable[str]) -> Items:
    for word in words:
        yield _item(word, _Kind.Keyword, "", order="0")


def _item(label: str, kind: lsp.CompletionItemKind, detail: str, order: str = "1") -> lsp.CompletionItem:
    return lsp.CompletionItem(label, kind=kind, detail=detail or None, sort_text=f"{order}{label}")


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("}", "\\}").replace("$", "\\$")


_LEADING: dict[str, Callable[[_Completion], Items]] = {
    "with": lambda self: self.kinds("mixin") if self.at.opener != "test" else self.roles(),
    "policy": lambda self: self.kinds("entity", "view"),
    "resource": lambda self: self.kinds("entity", "view"),
    "identity": lambda self: self.kinds("entity"),
    "on": lambda self: self.kinds("entity", "event"),
    "machine": lambda self: self.kinds("entity"),
    "extends": lambda self: self.roles(),
    "to": lambda self: self.roles(),
    "emits": lambda self: self.kinds("event"),
    "errors": lambda self: self.kinds("error"),
    "ops": lambda self: _words(VERBS),
    "via": lambda self: self.row_fields(),
    "allow": lambda self: self.actions(),
    "deny": lambda self: self.actions(),
    "filter": lambda self: self.row_fields(),
    "sort": lambda self: self.row_fields(),
    "search": lambda self: self.row_fields(),
    "nearest": lambda self: self.row_fields(),
    "expand": lambda self: self.row_fields(),
    "field": lambda self: self.row_fields(),
    "index": lambda self: self.row_fields(),
    "unique": lambda self: self.row_fields(),
    "id": lambda self: self.row_fields(),
    "by": lambda self: self.operations(),
    "input": lambda self: _words(("create", "update")),
    "show": lambda self: _words(("list", "self")),
    "auth": lambda self: _words(("bearer", "api_key")),
    "page": lambda self: _words(("cursor", "offset")),
    "use": lambda self: self.imports(),
}
