"""How long an editor waits after a keystroke: until the syntax of the line is told, and until the whole specification is checked."""

import asyncio
import statistics
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from tests.lsp.editor import editor, place
from tests.support.generated_spec import generated_spec


@dataclass(frozen=True)
class EditorCost:
    """Medians: `syntax` in milliseconds until the first diagnostics, `settled` in seconds until those of a check, `completion` in
    milliseconds."""

    entities: int
    syntax: float
    settled: float
    completion: float


def editor_cost(entities: int, keystrokes: int = 7) -> EditorCost:
    """Type into an entity of a specification of that size, through the protocol."""
    return asyncio.run(_typed(entities, keystrokes))


async def _typed(entities: int, keystrokes: int) -> EditorCost:
    from lsprotocol import types as lsp

    with tempfile.TemporaryDirectory(prefix="bdc-bench-") as scratch:
        for name, text in generated_spec(entities).items():
            Path(scratch, name).write_text(text, encoding="utf-8")
        async with editor(Path(scratch)) as ed:
            text = ed.open("big.bds")
            await ed.settled(1)
            first: list[float] = []
            settled: list[float] = []
            asked: list[float] = []
            at = place(text, f"entity Thing{entities // 2} ", nth=0)
            line = lsp.Position(at.line + 2, 0)
            for number in range(keystrokes):
                broken = number % 2 == 0
                new = "  name string\n" if broken else ""
                end = line if broken else lsp.Position(line.line + 1, 0)
                ed.times.clear()
                begun = time.perf_counter()
                ed.change("big.bds", new, lsp.Range(line, end))
                while bool(ed.diagnostics["big.bds"]) != broken:
                    await ed.told()
                asking = time.perf_counter()
                await ed.client.text_document_completion_async(
                    lsp.CompletionParams(ed.document("big.bds"), lsp.Position(line.line + 3, 2))
                )
                asked.append(time.perf_counter() - asking)
                await asyncio.sleep(_quiet(entities))
                first.append(ed.times[0] - begun)
                settled.append(ed.times[-1] - begun)
    return EditorCost(
        entities, statistics.median(first) * 1000, statistics.median(settled), statistics.median(asked) * 1000
    )


def _quiet(entities: int) -> float:
    """Seconds after which a check has ended."""
    return 1 + entities / 25
