"""Trees that are kept between edits are those of the whole text, places and reports included."""

import random
from pathlib import Path

import pytest

from bdc.source import SourceFile
from bdc.syntax import parse
from bdc.syntax.kept import Recorder, Trees
from tests.lsp.test_robust import mangled
from tests.support.generated_spec import generated_spec

SYSTEMS = sorted((Path(__file__).parents[1] / "systems").rglob("*.bds"))


def same(trees: Trees, file: SourceFile) -> None:
    kept, whole = Recorder(), Recorder()
    assert trees.parse(file, kept) == parse(file, whole), file.path
    assert kept.facts == whole.facts, file.path


@pytest.mark.parametrize("seed", range(2))
def test_after_any_edits(seed: int) -> None:
    """Edits in and between declarations, moved ones, broken ones, and back again."""
    rng = random.Random(seed)
    trees = Trees()
    for path in rng.sample(SYSTEMS, 6):
        text = path.read_text(encoding="utf-8")
        same(trees, SourceFile(path.name, text))
        lines = text.split("\n")
        for _ in range(3):
            at = rng.randrange(1, len(lines))
            drawn = rng.choice(
                [lines[:at] + lines[at + 1 :], [*lines[:at], "", *lines[at:]], lines[:at] + lines[at - 1 :]]
            )
            same(trees, SourceFile(path.name, "\n".join(drawn)))
        same(trees, SourceFile(path.name, mangled(text, rng)))
        same(trees, SourceFile(path.name, text))


def test_an_edit_parses_one_declaration(monkeypatch: pytest.MonkeyPatch) -> None:
    from bdc.syntax import kept

    text = generated_spec(5)["big.bds"]
    trees, parsed = Trees(), list[str]()
    real = kept.read_items
    monkeypatch.setattr(
        kept, "read_items", lambda file, sink: (parsed.append(file.text.strip()), real(file, sink))[1]
    )
    trees.parse(SourceFile("big.bds", text), Recorder())
    count = len(parsed)
    file = SourceFile("big.bds", text.replace("/// Thing number 2.", "/// Thing number two."))
    assert trees.parse(file, Recorder()) == parse(file, Recorder())
    assert (count, len(parsed)) == (1, 2) and parsed[-1].startswith("/// Thing number two.")
