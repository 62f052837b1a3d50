"""What only adds passes the gate, in every system; and what refuses every caller or takes something away does not."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bdc.changes import Severity, changes
from bdc.changes.scale import worst
from bdc.comparison import compare, judge
from bdc.comparison.verdict import verdict
from bdc.ir import SystemIR
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from bdc.source.beside import read_named
from tests.changes.test_every_member import SYSTEMS
from tests.changes.test_late import side
from tests.changes.test_unlike_systems import TODAY
from tests.support.sampling import sampled
from tests.support.specs import ROOT

_ENTITY = re.compile(r"^entity \w+[^\n{]*\{\n", re.MULTILINE)
_START = re.compile(r"^(///.*\n)*^\w+(?= \w+[^\n]*\{$)", re.MULTILINE)
_AUDIENCE = re.compile(r'audience: "([^"]*)"')
_LIMIT = re.compile(r": string\((\d+)\.\.(\d+)\)(?= *$)", re.MULTILINE)


def sources(name: str) -> dict[str, str]:
    folder = ROOT / "tests" / "systems" / name
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(Path(folder).glob("*.bds"))}


def compiled(name: str, texts: dict[str, str]) -> SystemIR:
    """Return the system of the texts, which may name files of the folder beside them."""
    folder = ROOT / "tests" / "systems" / name
    files = [SourceFile(file, text, read_named(text, _reader(folder))) for file, text in texts.items()]
    found = compile_system(files)
    assert found.system is not None, found.diagnostics
    return found.system


def _reader(folder: Path) -> Callable[[str], bytes]:
    return lambda named: (folder / named).read_bytes()


def edited(texts: dict[str, str], pattern: re.Pattern[str], replacement: str) -> dict[str, str]:
    """Return the texts with the first place that matches replaced; the same where none does."""
    for name, text in texts.items():
        if pattern.search(text):
            return {**texts, name: pattern.sub(replacement, text, count=1)}
    return texts


@pytest.mark.long
@pytest.mark.parametrize("name", SYSTEMS)
def test_an_optional_field_passes(name: str) -> None:
    texts = sources(name)
    old, new = (
        compiled(name, texts),
        compiled(name, edited(texts, _ENTITY, r"\g<0>  zz_remark: string(..40)?\n")),
    )
    comparison = compare(side(old), side(new))
    judgement = judge((), comparison.changes, comparison.operations, TODAY)
    assert comparison.severity is Severity.COMPATIBLE and not comparison.refusals
    assert not verdict(comparison, judgement, "breaking").fails


@pytest.mark.long
@pytest.mark.parametrize("name", SYSTEMS)
def test_a_longer_text_passes(name: str) -> None:
    texts = sources(name)
    longer = edited(texts, _LIMIT, r": string(\g<1>..9\g<2>)")
    comparison = compare(side(compiled(name, texts)), side(compiled(name, longer)))
    judgement = judge((), comparison.changes, comparison.operations, TODAY)
    assert comparison.severity is not Severity.BREAKING
    assert longer == texts or comparison.changes
    assert comparison.refusals or not verdict(comparison, judgement, "breaking").fails


@pytest.mark.long
@pytest.mark.parametrize("name", SYSTEMS)
def test_another_audience_breaks(name: str) -> None:
    texts = sources(name)
    other = edited(texts, _AUDIENCE, r'audience: "\g<1>-next"')
    found = changes(compiled(name, texts), compiled(name, other))
    expected = None if other == texts else Severity.BREAKING
    assert worst([change.severity for change in found]) is expected


@pytest.mark.parametrize("name", sampled(SYSTEMS, 4))
def test_where_a_declaration_stands_changes_nothing(name: str) -> None:
    texts = sources(name)
    moved = {file: _START.sub("\n\n// moved\n\n\\g<0>", text) for file, text in texts.items()}
    comparison = compare(side(compiled(name, texts)), side(compiled(name, moved)))
    assert moved != texts and not comparison.changes and not comparison.operations
