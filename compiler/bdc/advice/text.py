"""The page as text, for a terminal."""

from collections.abc import Iterator
from textwrap import wrap

from bdc.advice.numbers import count
from bdc.advice.page import Chapter, Page, Verdict

WIDTH = 100
_MARKS = {Verdict.FITS: "fits", Verdict.CHANGE: "change", Verdict.ASK: "not declared", Verdict.NOTE: "note"}


def lines_of(page: Page) -> Iterator[str]:
    """Yield the page: summary, changes, chapters, assumptions."""
    heading = f"{page.title}, {page.deploy}: what the declared load asks of it"
    yield from (heading, "=" * len(heading), "")
    yield from wrap(page.summary, WIDTH)
    yield ""
    yield from _numbered(page.changes)
    for chapter in page.chapters:
        yield from _chapter(chapter)
    yield from ("", "Assumed (replace one with --assume NAME=VALUE)")
    for name, value, meaning in page.assumed:
        yield f"    {name:18} {count(value):>18}  {meaning}"


def _numbered(changes: tuple[str, ...]) -> Iterator[str]:
    if changes:
        yield "What to do"
    for number, change in enumerate(changes, start=1):
        first, *rest = wrap(change, WIDTH - 6)
        yield f"  {number:2}. {first}"
        yield from (f"      {line}" for line in rest)


def _chapter(chapter: Chapter) -> Iterator[str]:
    yield ""
    yield f"{chapter.title} [{_MARKS[chapter.verdict]}]"
    yield from (f"  {line}" for line in wrap(chapter.finding, WIDTH - 2))
    yield from (f"    {line}" for line in chapter.arithmetic)
