"""An editor for tests: pygls's client, which starts `bdc lsp` and speaks to it over stdio."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from lsprotocol import types as lsp
from pygls.lsp.client import LanguageClient


class Editor:
    """`diagnostics`: the last ones of each file, by name. `times`: when any came."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.client = LanguageClient("tests", "1")
        self.diagnostics: dict[str, list[lsp.Diagnostic]] = {}
        self.versions: dict[str, int] = {}
        self.times: list[float] = []
        self._news = asyncio.Event()

        @self.client.feature(lsp.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS)
        def published(params: lsp.PublishDiagnosticsParams) -> None:
            self.diagnostics[Path(params.uri).name] = list(params.diagnostics)
            self.times.append(time.perf_counter())
            self._news.set()

    def uri(self, name: str) -> str:
        return (self.folder / name).as_uri()

    def document(self, name: str) -> lsp.TextDocumentIdentifier:
        return lsp.TextDocumentIdentifier(self.uri(name))

    def open(self, name: str) -> str:
        """Open a file as it is on disk, and return its text."""
        text = (self.folder / name).read_text(encoding="utf-8")
        self.versions[name] = 1
        item = lsp.TextDocumentItem(self.uri(name), "bds", 1, text)
        self.client.text_document_did_open(lsp.DidOpenTextDocumentParams(item))
        return text

    def change(self, name: str, text: str, range_: lsp.Range | None = None) -> None:
        """Replace a range of an open file, or all of it."""
        self.versions[name] += 1
        change: lsp.TextDocumentContentChangeEvent = (
            lsp.TextDocumentContentChangeWholeDocument(text)
            if range_ is None
            else lsp.TextDocumentContentChangePartial(range_, text)
        )
        document = lsp.VersionedTextDocumentIdentifier(self.versions[name], self.uri(name))
        self.client.text_document_did_change(lsp.DidChangeTextDocumentParams(document, [change]))

    async def told(self) -> None:
        """Wait for the next diagnostics."""
        await asyncio.wait_for(self._news.wait(), 30)
        self._news.clear()

    async def checked(self, name: str) -> list[lsp.Diagnostic]:
        """Return the diagnostics of a file after everything that was changed has been checked: fixes are answered then only."""
        start = lsp.Range(lsp.Position(0, 0), lsp.Position(0, 0))
        await self.client.text_document_code_action_async(
            lsp.CodeActionParams(self.document(name), start, lsp.CodeActionContext([]))
        )
        return self.diagnostics[name]

    async def settled(self, quiet: float = 0.4) -> None:
        """Wait until no more diagnostics come."""
        await self.told()
        while True:
            try:
                await asyncio.wait_for(self._news.wait(), quiet)
                self._news.clear()
            except TimeoutError:
                return


@asynccontextmanager
async def editor(folder: Path) -> AsyncIterator[Editor]:
    """Yield an editor whose server has been started in `folder`."""
    found = Editor(folder)
    await found.client.start_io(sys.executable, "-m", "bdc.cli", "lsp")
    try:
        await found.client.initialize_async(
            lsp.InitializeParams(
                capabilities=lsp.ClientCapabilities(),
                workspace_folders=[lsp.WorkspaceFolder(folder.as_uri(), "tests")],
            )
        )
        found.client.initialized(lsp.InitializedParams())
        yield found
        await asyncio.wait_for(found.client.shutdown_async(None), 30)
    finally:
        found.client.exit(None)
        await asyncio.wait_for(found.client.stop(), 30)


def place(text: str, mark: str, within: int = 0, nth: int = 0) -> lsp.Position:
    """Return the position of the `nth` occurrence of a text, `within` characters into it, in UTF-16 units."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(mark, at + 1)
    before = text[: at + within]
    line = before.count("\n")
    column = before[before.rfind("\n") + 1 :]
    return lsp.Position(line, len(column.encode("utf-16-le")) // 2)


def applied(text: str, edits: list[lsp.TextEdit]) -> str:
    """Return a text after the edits of a server."""
    lines = text.split("\n")
    starts = [0]
    for line in lines:
        starts.append(starts[-1] + len(line) + 1)

    def offset(position: lsp.Position) -> int:
        line = lines[position.line]
        cut = line.encode("utf-16-le")[: position.character * 2].decode("utf-16-le")
        return starts[position.line] + len(cut)

    for edit in sorted(edits, key=lambda each: offset(each.range.start), reverse=True):
        text = text[: offset(edit.range.start)] + edit.new_text + text[offset(edit.range.end) :]
    return text
