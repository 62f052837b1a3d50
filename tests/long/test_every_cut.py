"""Every byte of the sample as its last, and thousands of words lost, doubled and swapped: diagnostics, never a crash."""

import random
import re
from collections.abc import Iterable
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from bdc.analysis import RULES, analyse
from bdc.diagnostics import DiagnosticSink, Severity
from bdc.lowering import lower
from bdc.model import resolve
from bdc.project import load_project
from bdc.source import SourceFile
from bdc.syntax import ast, parse
from tests.support.specs import ROOT

pytestmark = pytest.mark.long
SHOP = sorted((ROOT / "examples" / "shop").glob("*.bds"))
WORD = re.compile(r'"""|r?"[^"\n]*"|\w+|[^\w\s]|\n')
MUTATIONS = 3000
STEP = 97


@cache
def whole(path: Path) -> ast.SourceTree:
    return parse(SourceFile(path.name, path.read_text(encoding="utf-8")), DiagnosticSink())


def survives(path: Path, text: str) -> bool:
    """Take `text` for the file at `path`, beside the other files as they are, through the whole front end. Return whether it was
    in order."""
    sink = DiagnosticSink()
    tree = parse(SourceFile(path.name, text), sink)
    model = resolve([tree if other == path else whole(other) for other in SHOP], sink)
    analyse(model, RULES, sink)
    for found in sink.in_source_order():
        for label in (found.primary, *found.secondary):
            if label is not None and label.span.file == path.name:
                assert 0 <= label.span.start <= label.span.end <= len(text), found
    if sink.has_errors:
        return False
    lower(model)
    return True


def cuts(path: Path, first: int) -> list[str]:
    """Cut the file at every STEP-th byte from `first` on; return what went wrong."""
    data, wrong = path.read_bytes(), []
    for end in range(first, len(data), STEP):
        text = data[:end].decode("utf-8", "ignore")
        try:
            survives(path, text)
        except Exception as error:
            wrong.append(f"{path.name} cut at byte {end}: {error!r}")
    return wrong


def mutations(path: Path, seed: int, count: int) -> list[str]:
    """Change one to three words at random; return what went wrong."""
    text, chance, wrong = path.read_text(encoding="utf-8"), random.Random(seed), []
    everything = [word for other in SHOP for word in WORD.findall(other.read_text(encoding="utf-8"))]
    for number in range(count):
        changed = text
        for _ in range(chance.randint(1, 3)):
            changed = _mutated(changed, everything, chance)
        try:
            survives(path, changed)
        except Exception as error:
            wrong.append(f"{path.name} seed {seed} number {number}: {error!r}")
    return wrong


def _mutated(text: str, everything: list[str], chance: random.Random) -> str:
    spans = [found.span() for found in WORD.finditer(text)]
    if not spans:
        return text
    (start, end), (other, stop) = chance.choice(spans), chance.choice(spans)
    return chance.choice(
        (
            text[:start] + text[end:],
            text[:end] + " " + text[start:end] + text[end:],
            text[:start] + text[other:stop] + text[end:],
            text[:start] + chance.choice(everything) + text[end:],
            text[:start] + chance.choice(everything) + " " + text[start:],
        )
    )


def spread(work: Any, arguments: Iterable[tuple[Any, ...]]) -> list[str]:
    """Do the work in two processes; return all that went wrong."""
    with ProcessPoolExecutor(2) as pool:
        jobs = [pool.submit(work, *each) for each in arguments]
        return [line for job in jobs for line in job.result()]


@pytest.mark.parametrize("path", SHOP, ids=lambda path: path.stem)
def test_cut_at_every_byte(path: Path) -> None:
    wrong = spread(cuts, ((path, first) for first in range(STEP)))
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("path", SHOP, ids=lambda path: path.stem)
def test_words_changed_at_random(path: Path) -> None:
    batch = MUTATIONS // len(SHOP) // 20
    wrong = spread(mutations, ((path, seed, batch) for seed in range(20)))
    assert not wrong, "\n".join(wrong[:20])


@pytest.mark.parametrize("path", SHOP, ids=lambda path: path.stem)
def test_files_cut_inside_a_character(path: Path, tmp_path: Path) -> None:
    """As bytes on the disk: a cut inside a character is refused with its place, every other cut is read."""
    data = path.read_bytes().replace(b"e", "é".encode(), 40)
    for end in range(len(data)):
        (tmp_path / path.name).write_bytes(data[:end])
        sink = DiagnosticSink()
        project = load_project(tmp_path, sink)
        codes = {found.code for found in sink.in_source_order() if found.severity is Severity.ERROR}
        inside = end < len(data) and data[end] & 0xC0 == 0x80
        assert codes == ({"E904"} if inside else set()), end
        assert len(project.files) == (0 if inside else 1)
