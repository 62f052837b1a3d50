"""Every answer of the server on texts that are broken in any way: no exception, places inside of the text, the state of a cold check."""

import random
from pathlib import Path

import pytest

from bdc.lsp import completion, hints, hover, outline, rename
from bdc.lsp.positions import to_offset, to_position
from bdc.lsp.preview import preview
from bdc.lsp.workspace import Workspace
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from tests.support.shop import ROOT, SPEC

BROKEN = sorted((ROOT / "tests" / "broken").rglob("*.bds"))
SCRAPS = [
    "{",
    "}",
    "@",
    ".",
    '"',
    "entity ",
    "policy X {",
    " when ",
    "😀",
    "\n",
    "//",
    "T[",
    "(",
    "use ",
    "actor.",
    " -> ",
    'sql """',
]


def workspace(texts: dict[str, str]) -> Workspace:
    found = Workspace(Path("nowhere"))
    for path, text in texts.items():
        found.set_text(path, text)
    return found


def mangled(text: str, rng: random.Random) -> str:
    """Return a text after a few edits that no one meant."""
    for _ in range(rng.randrange(1, 4)):
        at = rng.randrange(len(text) + 1)
        end = min(len(text), at + rng.choice([0, 0, 1, 3, 40, 200]))
        text = text[:at] + (rng.choice(SCRAPS) if rng.random() < 0.8 else "") + text[end:]
    return text


def examine(spec: Workspace, path: str, rng: random.Random) -> None:
    """Ask everything about a file, at some places."""
    names = spec.names()
    file, tree = names.files[path], names.trees[path]
    for each in names.occurrences(path):
        assert 0 <= each.span.start < each.span.end <= len(file.text)
    assert len(outline.semantic_tokens(names, path)) % 5 == 0
    outline.symbols(file, tree)
    outline.folding(file)
    for _ in range(4):
        offset = rng.randrange(len(file.text) + 1)
        place = to_position(file, offset)
        assert to_offset(file, place) == offset
        completion.complete(spec, path, offset)
        hover.hover(spec, path, offset)
        found = names.at(path, offset)
        if found is not None:
            names.definition(found.target)
            assert found in rename.places(names, found.target)


def holds(texts: dict[str, str], rng: random.Random) -> None:
    spec = workspace(texts)
    good = spec.check()
    spec.keep(good)
    for path in texts:
        examine(spec, path, rng)
        after = mangled(texts[path], rng)
        before = SourceFile(path, texts[path])
        preview(before, SourceFile(path, after), good.diagnostics)
        spec.set_text(path, after)
        examine(spec, path, rng)
        cold = compile_system([SourceFile(name, spec.open[name]) for name in sorted(texts)])
        assert spec.check().diagnostics == cold.diagnostics
        if good.system is not None:
            hints.hints(spec.names(), good.system, path, 0, len(after))


@pytest.mark.long
@pytest.mark.parametrize("seed", range(4))
def test_the_shop_in_pieces(seed: int) -> None:
    texts = {path.name: path.read_text(encoding="utf-8") for path in SPEC.glob("*.bds")}
    holds(texts, random.Random(seed))


def test_some_broken_specifications() -> None:
    rng = random.Random(16)
    for path in rng.sample(BROKEN, 15):
        holds({"broken.bds": path.read_text(encoding="utf-8")}, rng)


@pytest.mark.long
@pytest.mark.parametrize("number", range(20))
def test_every_broken_specification(number: int) -> None:
    rng = random.Random(number)
    for path in BROKEN[number::20]:
        for _ in range(5):
            holds({"broken.bds": path.read_text(encoding="utf-8")}, rng)
