"""One small system (`base.bds`), and what it becomes by the edits of `edits`."""

from functools import cache
from pathlib import Path
from random import Random

from bdc.ir import SystemIR
from tests.changes.edits import EDITS, Edit
from tests.support.specs import compile_text

# Without its head, which `compile_text` puts before every text.
SPEC = Path(__file__).with_name("base.bds").read_text(encoding="utf-8").removeprefix("bds 1\nmodule test\n\n")


def base() -> SystemIR:
    return compiled(SPEC)


@cache
def compiled(text: str) -> SystemIR:
    """Return the system of a text that must have no mistake."""
    found = compile_text(text)
    assert found.system is not None, found.diagnostics
    return found.system


def edited(*edits: Edit) -> str:
    """Return the text with `edits` in it, as far as they do not stand in each other's way."""
    text = SPEC
    for edit in edits:
        text = text.replace(edit.old, edit.new, 1)
    return text


def random_texts(seed: int) -> tuple[str, str]:
    """Return two texts, each with its own few edits."""
    random = Random(seed)
    return _accepted(random.sample(EDITS, 5)), _accepted(random.sample(EDITS, 5))


def _accepted(edits: list[Edit]) -> str:
    """Some edits refer to what others take away: they go until the text has no mistake."""
    while compile_text(edited(*edits)).system is None:
        edits = edits[:-1]
    return edited(*edits)
