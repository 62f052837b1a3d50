"""What an import of a JDL or an OpenAPI document says of itself: every element is in the specification, or named."""

from collections import defaultdict
from collections.abc import Iterable, Iterator

from bdc.importing.draft import Ledger, Settled


def described_summary(settled: Settled) -> str:
    """Return one line: how much of the source is in the specification."""
    carried, every = settled.ledger.count
    rest = (
        f"{every - carried} are left out, and named in import.md"
        if carried < every
        else "nothing is left out"
    )
    return f"{carried} of {every} elements are in the specification; {rest}"


def described_report(settled: Settled) -> str:
    """Return the page that is written beside the specification."""
    lines = ["# What the import made of its source", "", described_summary(settled) + "."]
    if settled.told:
        lines += [
            "",
            "## Operations",
            "",
            *(f"- `{subject}`: {sentence}" for subject, sentence in settled.told),
        ]
    if settled.added:
        lines += ["", "## Added", "", *(f"- {each}" for each in settled.added)]
    left = list(left_out(settled.ledger))
    if left:
        lines += ["", "## Left out", "", *left]
    return "\n".join(lines) + "\n"


def left_out(ledger: Ledger) -> Iterator[str]:
    """Yield a line for each reason with the elements that it is about; a whole that is left out stands with the number of its elements."""
    by_reason: dict[str, list[str]] = defaultdict(list)
    for path, count, reason in ledger.left():
        by_reason[reason].append(f"`{path}`" if count == 1 else f"`{path}` ({count})")
    for reason, paths in by_reason.items():
        yield from _lines(reason, paths)


def _lines(reason: str, paths: Iterable[str]) -> Iterator[str]:
    yield f"- {' '.join(reason.split())}:"
    for path in paths:
        yield f"  - {path}"
