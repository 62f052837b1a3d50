"""The entries that would approve what is open, as they are pasted into approvals.toml."""

import json
from collections.abc import Iterator
from datetime import date

from bdc.changes import Change
from bdc.comparison.approvals import RENAME, Judgement
from bdc.comparison.verdict import GateVerdict, place_of
from bdc.plan import Hazard


def entries(verdict: GateVerdict, judgement: Judgement, until: date) -> tuple[str, ...]:
    """Return one entry for each change and hazard that is open, one for all that follow from one rename."""
    return tuple(dict.fromkeys(_entry(item, judgement, until) for item in verdict.open))


def _entry(item: Change | Hazard, judgement: Judgement, until: date) -> str:
    return "\n".join(_lines(item, judgement, until))


def _lines(item: Change | Hazard, judgement: Judgement, until: date) -> Iterator[str]:
    yield "[[approval]]"
    if isinstance(item, Change) and item.cause:
        yield f'code = "{RENAME}"'
        yield f"object = {_text(item.cause)}"
    else:
        yield f"code = {_text(item.code)}"
        yield f"object = {_text(place_of(item))}"
        yield f'pin = "{judgement.pin(item)}"  # {" ".join(item.message.split())}'
    yield 'reason = "…"'
    yield 'approved_by = "…"'
    yield f"expires = {until.isoformat()}"


def _text(text: str) -> str:
    """A JSON string is a TOML string, but for characters that TOML wants escaped too."""
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")
