"""The server: which request is answered by which module, and when diagnostics are sent."""

import asyncio
from importlib.resources import files as package_files
from pathlib import Path

from lsprotocol import types as lsp
from pygls import uris
from pygls.exceptions import JsonRpcException
from pygls.lsp.server import LanguageServer

from bdc import __version__
from bdc.diagnostics import Diagnostic, DiagnosticSink
from bdc.lsp import actions, completion, hints, hover, outline, rename
from bdc.lsp.ahead import ahead
from bdc.lsp.positions import to_offset, to_range, whole
from bdc.lsp.preview import preview
from bdc.lsp.worker import Worker, is_large
from bdc.lsp.workspace import Checked, Workspace, find_root
from bdc.source import SourceFile, Span
from bdc.syntax import format_file

_STANDARD = "bdc_specs/std/"
_QUIET = 1.0  # seconds without an edit after which the system of a large specification is read


class BdcServer(LanguageServer):
    """One editor. `specs`: the specifications of its folders, by root."""

    def __init__(self) -> None:
        super().__init__("bdc", __version__, text_document_sync_kind=lsp.TextDocumentSyncKind.Incremental)
        self.specs: dict[Path, Workspace] = {}
        self._roots: dict[Path, Path] = {}
        self._told: dict[Path, set[str]] = {}
        self._running: dict[Path, asyncio.Task[None]] = {}
        self._again: set[Path] = set()
        self._workers: dict[Path, Worker] = {}
        self._reading: asyncio.Task[None] | None = None
        self._shown: dict[tuple[Path, str], tuple[SourceFile, tuple[Diagnostic, ...]]] = {}

    # ---- places --------------------------------------------------------------------------------------------------------
    def spec_of(self, uri: str) -> tuple[Workspace, str]:
        """Return the specification of a document and its path there."""
        file = Path(uris.to_fs_path(uri) or uri)
        for root, spec in self.specs.items():
            for path in spec.open:
                if root / path == file:
                    return spec, path
        root = self._root(file)
        spec = self.specs.setdefault(root, Workspace(root))
        return spec, file.relative_to(root).as_posix()

    def _root(self, file: Path) -> Path:
        if file.parent not in self._roots:
            tops = [Path(folder) for folder in self._folders() if Path(folder) in file.parents]
            self._roots[file.parent] = find_root(
                file, max(tops, key=lambda top: len(top.parts), default=file.parent)
            )
        return self._roots[file.parent]

    def _folders(self) -> list[str]:
        folders = [uris.to_fs_path(uri) for uri in self.workspace.folders]
        return [folder for folder in (*folders, self.workspace.root_path) if folder]

    def uri(self, spec: Workspace, path: str) -> str:
        """Return the address of a file of a specification or of the standard library."""
        if path.startswith(_STANDARD):
            folder = package_files("bdc_specs").joinpath("std")
            return uris.from_fs_path(str(folder.joinpath(path.removeprefix(_STANDARD)))) or path
        return uris.from_fs_path(str(spec.root / path)) or path

    def location(self, spec: Workspace, span: Span) -> lsp.Location:
        return lsp.Location(self.uri(spec, span.file), to_range(spec.names().files[span.file], span))

    # ---- diagnostics ---------------------------------------------------------------------------------------------------
    def changed(self, spec: Workspace) -> None:
        """Check a specification as soon as no other check of it runs."""
        task = self._running.get(spec.root)
        if task is not None and not task.done():
            self._again.add(spec.root)
        else:
            self._running[spec.root] = asyncio.get_running_loop().create_task(self._check(spec))

    async def _check(self, spec: Workspace) -> None:
        """Check until the texts are those that were checked."""
        await asyncio.sleep(0)  # edits that came together are checked together
        while True:
            self._again.discard(spec.root)
            files = spec.files()
            checked = await asyncio.get_running_loop().run_in_executor(None, self._checked, spec, files)
            if spec.root in self._again and is_large(files):
                continue  # the texts have changed meanwhile: what was found is told no more
            is_first = spec.checked is None
            spec.keep(checked)
            self.publish(spec, checked)
            if is_first and is_large(files):
                await asyncio.get_running_loop().run_in_executor(
                    None, spec.names
                )  # before they are asked for
            if spec.root not in self._again:
                break
        if checked.packed is not None:
            self._reading = asyncio.get_running_loop().create_task(self._read_system(spec, checked))

    def _checked(self, spec: Workspace, files: tuple[SourceFile, ...]) -> Checked:
        """Check here, or a large specification in a process of its own, so that it does not keep an editor waiting."""
        apart = self._workers.setdefault(spec.root, Worker()).check(files) if is_large(files) else None
        return spec.check(files) if apart is None else apart

    async def _read_system(self, spec: Workspace, checked: Checked) -> None:
        """Read the system of a check for hovers and hints, at once where there is none yet, else when the edits pause."""
        if spec.last_good is not None:
            await asyncio.sleep(_QUIET)
        if spec.checked is checked:
            whole = await asyncio.get_running_loop().run_in_executor(None, checked.unpacked)
            if spec.checked is checked:
                spec.keep(whole)

    def stop(self) -> None:
        """End the processes of this server."""
        for worker in self._workers.values():
            worker.stop()

    def tell_ahead(self, spec: Workspace, path: str) -> None:
        """Tell what is known at once about what is being written, where a check takes longer than a reader waits."""
        files = spec.files()
        after = next((file for file in files if file.path == path), None)
        shown = self._shown.get((spec.root, path))
        if shown is None or after is None or not is_large(files):
            return
        known = {file.path: self._shown.get((spec.root, file.path), (file, ()))[1] for file in files}
        found = ahead(files, shown[0], known)
        if found is None:
            found = {path: tuple(preview(shown[0], after, shown[1]))}
        sources = {file.path: file for file in files}
        for name, told in found.items():
            self._shown[spec.root, name] = sources[name], told
            if name == path or told != known[name]:
                made = [
                    actions.to_diagnostic(each, sources, lambda other: self.uri(spec, other)) for each in told
                ]
                self.text_document_publish_diagnostics(
                    lsp.PublishDiagnosticsParams(self.uri(spec, name), made)
                )

    async def settled(self, spec: Workspace) -> Checked:
        """Return a check of the texts as they are now."""
        task = self._running.get(spec.root)
        if task is not None:
            await task
        if spec.checked is None:
            spec.keep(spec.check())
        assert spec.checked is not None
        return spec.checked

    def publish(self, spec: Workspace, checked: Checked) -> None:
        """Send the diagnostics of each file; of files that have none any more, an empty list."""
        found: dict[str, list[lsp.Diagnostic]] = {path: [] for path in checked.files}
        first = next(iter(checked.files), "")
        for each in checked.diagnostics:
            path = each.primary.span.file if each.primary is not None else first
            if path in found:
                made = actions.to_diagnostic(each, checked.files, lambda other: self.uri(spec, other))
                found[path].append(made)
        for path in {*found, *self._told.get(spec.root, set())}:
            params = lsp.PublishDiagnosticsParams(self.uri(spec, path), found.get(path, []))
            self.text_document_publish_diagnostics(params)
        self._told[spec.root] = set(found)
        for path, file in checked.files.items():
            own = [each for each in checked.diagnostics if each.primary and each.primary.span.file == path]
            self._shown[spec.root, path] = file, tuple(own)


def make_server() -> BdcServer:
    """Return a server with every feature registered."""
    server = BdcServer()
    _documents(server)
    _navigation(server)
    _editing(server)
    _views(server)
    return server


def _documents(server: BdcServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: lsp.DidOpenTextDocumentParams) -> None:
        spec, path = server.spec_of(params.text_document.uri)
        spec.set_text(path, params.text_document.text)
        server.changed(spec)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: lsp.DidChangeTextDocumentParams) -> None:
        spec, path = server.spec_of(params.text_document.uri)
        text = server.workspace.get_text_document(params.text_document.uri).source
        spec.set_text(path, text)
        server.tell_ahead(spec, path)
        server.changed(spec)

    @server.feature(lsp.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(params: lsp.DidCloseTextDocumentParams) -> None:
        spec, path = server.spec_of(params.text_document.uri)
        spec.set_text(path, None)
        server.changed(spec)

    @server.feature(lsp.TEXT_DOCUMENT_DID_SAVE)
    async def saved(params: lsp.DidSaveTextDocumentParams) -> None:
        spec, _ = server.spec_of(params.text_document.uri)
        spec.forget_disk()
        server.changed(spec)

    @server.feature(lsp.WORKSPACE_DID_CHANGE_WATCHED_FILES)
    async def watched(params: lsp.DidChangeWatchedFilesParams) -> None:
        for spec in server.specs.values():
            spec.forget_disk()
            server.changed(spec)


def _navigation(server: BdcServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DEFINITION)
    async def definition(params: lsp.DefinitionParams) -> lsp.Location | None:
        spec, path = server.spec_of(params.text_document.uri)
        names = spec.names()
        found = names.at(path, to_offset(names.files[path], params.position))
        span = None if found is None else names.definition(found.target)
        return None if span is None else server.location(spec, span)

    @server.feature(lsp.TEXT_DOCUMENT_REFERENCES)
    async def references(params: lsp.ReferenceParams) -> list[lsp.Location]:
        spec, path = server.spec_of(params.text_document.uri)
        names = spec.names()
        found = names.at(path, to_offset(names.files[path], params.position))
        every = [] if found is None else rename.places(names, found.target)
        kept = [each for each in every if params.context.include_declaration or not each.declares]
        return [server.location(spec, each.span) for each in kept]

    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_HIGHLIGHT)
    async def highlight(params: lsp.DocumentHighlightParams) -> list[lsp.DocumentHighlight]:
        spec, path = server.spec_of(params.text_document.uri)
        names = spec.names()
        found = names.at(path, to_offset(names.files[path], params.position))
        same = (
            [] if found is None else [each for each in names.occurrences(path) if each.target == found.target]
        )
        return [lsp.DocumentHighlight(to_range(names.files[path], each.span)) for each in same]

    @server.feature(lsp.TEXT_DOCUMENT_HOVER)
    async def hovered(params: lsp.HoverParams) -> lsp.Hover | None:
        spec, path = server.spec_of(params.text_document.uri)
        file = spec.names().files[path]
        return hover.hover(spec, path, to_offset(file, params.position))


def _editing(server: BdcServer) -> None:
    options = lsp.CompletionOptions(trigger_characters=["@", ".", ":", " ", "("])

    @server.feature(lsp.TEXT_DOCUMENT_COMPLETION, options)
    async def complete(params: lsp.CompletionParams) -> lsp.CompletionList:
        spec, path = server.spec_of(params.text_document.uri)
        file = spec.names().files[path]
        return lsp.CompletionList(False, completion.complete(spec, path, to_offset(file, params.position)))

    @server.feature(lsp.TEXT_DOCUMENT_PREPARE_RENAME)
    async def prepare(params: lsp.PrepareRenameParams) -> lsp.Range | None:
        spec, path = server.spec_of(params.text_document.uri)
        names = spec.names()
        found = names.at(path, to_offset(names.files[path], params.position))
        if found is None:
            return None
        with _refusals():
            rename.check_renamable(found.target)
        return to_range(names.files[path], found.span)

    @server.feature(lsp.TEXT_DOCUMENT_RENAME, lsp.RenameOptions(prepare_provider=True))
    async def renamed(params: lsp.RenameParams) -> lsp.WorkspaceEdit | None:
        spec, path = server.spec_of(params.text_document.uri)
        names = spec.names()
        found = names.at(path, to_offset(names.files[path], params.position))
        if found is None:
            return None
        with _refusals():
            edits = rename.rename(names, found.target, params.new_name)
        return actions.workspace_edit(edits, names.files, lambda other: server.uri(spec, other))

    @server.feature(lsp.TEXT_DOCUMENT_FORMATTING)
    async def formatted(params: lsp.DocumentFormattingParams) -> list[lsp.TextEdit]:
        spec, path = server.spec_of(params.text_document.uri)
        file = spec.names().files[path]
        text = format_file(file, DiagnosticSink())
        return [] if text is None or text == file.text else [lsp.TextEdit(whole(file), text)]

    kinds = [lsp.CodeActionKind.QuickFix, lsp.CodeActionKind.SourceFixAll]

    @server.feature(lsp.TEXT_DOCUMENT_CODE_ACTION, lsp.CodeActionOptions(kinds))
    async def code_actions(params: lsp.CodeActionParams) -> list[lsp.CodeAction]:
        spec, path = server.spec_of(params.text_document.uri)
        checked = await server.settled(spec)
        file = checked.files.get(path)
        if file is None:
            return []
        start, end = to_offset(file, params.range.start), to_offset(file, params.range.end)
        found = actions.quick_fixes(
            checked.diagnostics, checked.files, lambda other: server.uri(spec, other), path, start, end
        )
        if lsp.CodeActionKind.SourceFixAll in (params.context.only or ()):
            every = actions.fix_all(checked.files, checked.files, lambda other: server.uri(spec, other))
            found += [every] if every is not None else []
        return found


def _views(server: BdcServer) -> None:
    @server.feature(lsp.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    async def symbols(params: lsp.DocumentSymbolParams) -> list[lsp.DocumentSymbol]:
        spec, path = server.spec_of(params.text_document.uri)
        names = spec.names()
        return outline.symbols(names.files[path], names.trees[path])

    @server.feature(lsp.WORKSPACE_SYMBOL)
    async def everywhere(params: lsp.WorkspaceSymbolParams) -> list[lsp.WorkspaceSymbol]:
        wanted = params.query.lower()
        return [
            lsp.WorkspaceSymbol(server.location(spec, span), target.name, lsp.SymbolKind.Class)
            for spec in server.specs.values()
            for target, span in spec.names().symbols.spans.items()
            if wanted in target.name.lower() and not target.owner.startswith("std.")
        ]

    @server.feature(lsp.TEXT_DOCUMENT_FOLDING_RANGE)
    async def folding(params: lsp.FoldingRangeParams) -> list[lsp.FoldingRange]:
        spec, path = server.spec_of(params.text_document.uri)
        return outline.folding(spec.names().files[path])

    legend = lsp.SemanticTokensLegend(list(outline.TOKEN_TYPES), list(outline.TOKEN_MODIFIERS))

    @server.feature(lsp.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, legend)
    async def tokens(params: lsp.SemanticTokensParams) -> lsp.SemanticTokens:
        spec, path = server.spec_of(params.text_document.uri)
        return lsp.SemanticTokens(outline.semantic_tokens(spec.names(), path))

    @server.feature(lsp.TEXT_DOCUMENT_INLAY_HINT)
    async def inlay(params: lsp.InlayHintParams) -> list[lsp.InlayHint]:
        spec, path = server.spec_of(params.text_document.uri)
        names = spec.names()
        file = names.files[path]
        system = spec.last_good.system if spec.last_good is not None else None
        if system is None:
            return []
        first, last = to_offset(file, params.range.start), to_offset(file, params.range.end)
        return hints.hints(names, system, path, first, last)


class _refusals:
    """Tell a refusal to the editor as an error of the request."""

    def __enter__(self) -> None:
        pass

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, rename.CannotRename):
            raise JsonRpcException(error.reason, code=-32803) from error
