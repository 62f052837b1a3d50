"""`bdc lsp`, asked by a real client over stdio: every feature, on the shop and on a small specification with emoji in it."""

import random
import shutil
from pathlib import Path

import pytest
from lsprotocol import types as lsp

from bdc.lsp.actions import to_diagnostic
from bdc.lsp.preview import preview
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from tests.lsp.editor import Editor, applied, editor, place
from tests.support.shop import SPEC

pytestmark = pytest.mark.asyncio

SMALL = """\
bds 1
module small

/// A thing 😀 that is kept.
enum State { open, closed }

entity Person {
  id: uuid = uuid7() @id
  name: string(1..80)
}

entity Task {
  id: uuid = uuid7() @id
  title: string(1..80) @example("😀 first") /* 😀 */
  state: State = open
  owner: Person?
}
""".replace(" /* 😀 */", "")


@pytest.fixture
def shop(tmp_path: Path) -> Path:
    folder = tmp_path / "shop"
    shutil.copytree(SPEC, folder, ignore=shutil.ignore_patterns("services", "*.py", "*.md"))
    return folder


@pytest.fixture
def small(tmp_path: Path) -> Path:
    (tmp_path / "small.bds").write_text(SMALL, encoding="utf-8")
    return tmp_path


async def test_every_feature_on_the_shop(shop: Path) -> None:
    async with editor(shop) as ed:
        text = ed.open("shop.bds")
        policy, api = ed.open("policy.bds"), ed.open("api.bds")
        await ed.settled(0.2)
        assert not any(ed.diagnostics.values())
        await _navigates(ed, text, policy)
        await _completes(ed, text, policy, api)
        await _shows(ed, text, policy)


async def _navigates(ed: Editor, text: str, policy: str) -> None:
    at = place(policy, "customer.user == actor", within=9 + 2)
    found = await ed.client.text_document_definition_async(
        lsp.DefinitionParams(ed.document("policy.bds"), at)
    )
    assert isinstance(found, lsp.Location) and found.uri.endswith("shop.bds")
    line = text.splitlines()[found.range.start.line]
    assert line.strip().startswith("user:")
    context = lsp.ReferenceContext(include_declaration=True)
    at = place(text, "entity Order ", within=8)
    every = await ed.client.text_document_references_async(
        lsp.ReferenceParams(context, ed.document("shop.bds"), at)
    )
    assert every is not None and {Path(each.uri).name for each in every} >= {
        "shop.bds",
        "policy.bds",
        "api.bds",
    }


async def _completes(ed: Editor, text: str, policy: str, api: str) -> None:
    async def labels(name: str, position: lsp.Position) -> set[str]:
        found = await ed.client.text_document_completion_async(
            lsp.CompletionParams(ed.document(name), position)
        )
        assert isinstance(found, lsp.CompletionList)
        return {item.label for item in found.items}

    at = place(policy, "customer.user == actor", within=len("customer."))
    assert {"user", "email"} <= await labels("policy.bds", at)
    assert {"member", "manager"} <= await labels("policy.bds", place(policy, "extends member", within=8))
    assert {"filter", "ops", "expand"} <= await labels("api.bds", place(api, "  filter sku", within=4))
    assert {"sku", "price"} <= await labels("api.bds", place(api, "filter sku", within=7))
    assert {"on_delete", "immutable"} <= await labels("shop.bds", place(text, "@on_delete", within=1))
    assert {"restrict", "cascade"} <= await labels("shop.bds", place(text, "@on_delete(", within=11))
    assert {"string", "Order", "Money"} <= await labels("shop.bds", place(text, "order: Order", within=7))
    assert "org" in await labels("policy.bds", place(policy, "actor.org", within=6))


async def _shows(ed: Editor, text: str, policy: str) -> None:
    async def hover(name: str, position: lsp.Position) -> str:
        found = await ed.client.text_document_hover_async(lsp.HoverParams(ed.document(name), position))
        assert found is not None and isinstance(found.contents, lsp.MarkupContent)
        return found.contents.value

    shown = await hover("shop.bds", place(text, "entity Order ", within=8))
    assert "| update |" in shown and "`manager`" in shown and "Table `order`" in shown
    shown = await hover("shop.bds", place(text, "tax_number: string", within=1))
    assert "`customer.tax_number` `text` null" in shown and "read by `manager`" in shown
    rule = place(policy, "allow update to member when", within=2)
    assert "```sql" in await hover("policy.bds", rule)
    whole = lsp.Range(lsp.Position(0, 0), lsp.Position(10_000, 0))
    hints = await ed.client.text_document_inlay_hint_async(
        lsp.InlayHintParams(ed.document("shop.bds"), whole)
    )
    assert hints and any("customer_id uuid" in str(hint.label) for hint in hints)
    symbols = await ed.client.text_document_document_symbol_async(
        lsp.DocumentSymbolParams(ed.document("shop.bds"))
    )
    assert symbols and "Order" in {symbol.name for symbol in symbols}
    folds = await ed.client.text_document_folding_range_async(lsp.FoldingRangeParams(ed.document("shop.bds")))
    assert folds and all(fold.end_line > fold.start_line for fold in folds)
    tokens = await ed.client.text_document_semantic_tokens_full_async(
        lsp.SemanticTokensParams(ed.document("shop.bds"))
    )
    assert tokens is not None and len(tokens.data) > 500 and len(tokens.data) % 5 == 0


async def _renames(ed: Editor, small: Path, text: str) -> None:
    """Renames write `@was`, and the result has no errors."""

    async def rename(mark: str, within: int, new: str) -> str:
        params = lsp.RenameParams(ed.document("small.bds"), place(text, mark, within), new)
        found = await ed.client.text_document_rename_async(params)
        assert found is not None and found.changes is not None
        return applied(text, list(found.changes[ed.uri("small.bds")]))

    entity = await rename("Person?", 1, "Member")
    assert "entity Member @was(Person) {" in entity and "owner: Member?" in entity
    field = await rename("title: string", 1, "heading")
    assert 'heading: string(1..80) @example("😀 first") @was(title)' in field
    value = await rename("open, closed", 1, "active")
    assert "{ active @was(open), closed }" in value and "state: State = active" in value
    with pytest.raises(Exception, match="declared already"):
        await rename("title: string", 1, "state")
    for changed in (entity, field, value):
        assert _cold(small, changed) == ()


async def _fixes(ed: Editor) -> None:
    """Fixes are those of `bdc check --fix`."""
    broken = SMALL.replace("owner: Person?", "owner: Persn?").replace("@id\n  title", "@idd\n  title")
    ed.change("small.bds", broken)
    found = await ed.checked("small.bds")
    assert {str(each.code) for each in found} >= {"E101"} or found
    at = place(broken, "Persn", within=1)
    fixes = await ed.client.text_document_code_action_async(
        lsp.CodeActionParams(ed.document("small.bds"), lsp.Range(at, at), lsp.CodeActionContext([]))
    )
    one = next(each for each in fixes or () if isinstance(each, lsp.CodeAction) and "Person" in each.title)
    assert one.edit is not None and one.edit.changes is not None
    assert "owner: Person?" in applied(broken, list(one.edit.changes[ed.uri("small.bds")]))
    only = lsp.CodeActionContext([], only=[lsp.CodeActionKind.SourceFixAll])
    whole = await ed.client.text_document_code_action_async(
        lsp.CodeActionParams(ed.document("small.bds"), lsp.Range(at, at), only)
    )
    every = next(each for each in whole or () if isinstance(each, lsp.CodeAction) and "all" in each.title)
    assert every.edit is not None and every.edit.changes is not None
    assert applied(broken, list(every.edit.changes[ed.uri("small.bds")])) == SMALL


async def test_renames_fixes_and_diagnostics_after_any_edits(small: Path) -> None:
    """The law: whatever was typed before, the server says what `bdc check` says of the text."""
    rng = random.Random(16)
    words = [
        "😀",
        "Person",
        "@id",
        "}",
        "{",
        "\n",
        " state",
        "x: int\n",
        '"',
        "entity Q { id: uuid @id }\n",
        "//",
        "enum",
    ]
    async with editor(small) as ed:
        text = ed.open("small.bds")
        await _renames(ed, small, text)
        await _fixes(ed)
        ed.change("small.bds", text)
        for _ in range(12):
            for _ in range(3):
                start = rng.randrange(len(text) + 1)
                end = min(len(text), start + rng.choice([0, 0, 1, 4, 30]))
                new = rng.choice(words) if rng.random() < 0.8 else SMALL[start:end]
                range_ = lsp.Range(_position(text, start), _position(text, end))
                ed.change("small.bds", new, range_)
                text = text[:start] + new + text[end:]
            assert _plain(await ed.checked("small.bds")) == _expected(ed, text)
        ed.change("small.bds", SMALL)
        assert await ed.checked("small.bds") == []


def _position(text: str, offset: int) -> lsp.Position:
    before = text[:offset]
    column = before[before.rfind("\n") + 1 :]
    return lsp.Position(before.count("\n"), len(column.encode("utf-16-le")) // 2)


def _expected(ed: Editor, text: str) -> list[object]:
    file = SourceFile("small.bds", text)
    found = compile_system([file]).diagnostics
    return _plain([to_diagnostic(each, {file.path: file}, ed.uri) for each in found])


def _plain(found: list[lsp.Diagnostic]) -> list[object]:
    related = [[(each.location, each.message) for each in one.related_information or ()] for one in found]
    return [
        (one.range, one.message, one.severity, one.code, also)
        for one, also in zip(found, related, strict=True)
    ]


def _cold(folder: Path, text: str) -> tuple[str, ...]:
    return tuple(each.message for each in compile_system([SourceFile("small.bds", text)]).diagnostics)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("  owner: Person?\n", "  owner Person?\n", 1),
        ("enum State { open, closed }", "enum State { open, closed", 1),
        ("/// A thing 😀", "/// Another thing 😀", 0),
        ("", "entity Fresh {\n  id: uuid @id\n}\n", 0),
    ],
)
async def test_the_syntax_of_a_declaration_is_told_ahead(old: str, new: str, expected: int) -> None:
    text = SMALL.replace(old, new, 1) if old else SMALL + new
    found = preview(SourceFile("small.bds", SMALL), SourceFile("small.bds", text), ())
    cold = [each for each in compile_system([SourceFile("small.bds", text)]).diagnostics if each.code < "E1"]
    assert len(found) == expected == len(cold)
    assert [each.primary for each in found] == [each.primary for each in cold]
