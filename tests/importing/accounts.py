"""The law of an import: each element of the source is in the specification or named, each once, and the report counts them so."""

import re

from bdc.importing.described_report import described_report, left_out
from bdc.importing.draft import Ledger, Settled

_COUNTED = re.compile(r"  - `(?P<path>.+)`(?: \((?P<count>\d+)\))?$")


def accounted(found: Settled, *, sound: bool = True) -> None:
    """Require it of what an import has made, from the text of its report. `sound`: each element has a reason of its own."""
    text = described_report(found)
    carried, every = map(int, re.findall(r"(\d+) of (\d+) elements", text)[0])
    assert named(found.ledger) == every - carried
    unread = [path for path, _, reason in found.ledger.left() if reason == "the import does not read it"]
    assert not unread or not sound, unread


def named(ledger: Ledger) -> int:
    """How many elements the lines of a report name."""
    lines = [_COUNTED.match(line) for line in left_out(ledger) if line.startswith("  - ")]
    assert None not in lines
    paths = [line["path"] for line in lines if line]
    assert len(set(paths)) == len(paths)
    return sum(int(line["count"] or 1) for line in lines if line)
