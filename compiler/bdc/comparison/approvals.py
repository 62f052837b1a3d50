"""`approvals.toml`: what somebody has looked at and lets pass, with a name, a reason and a last day.

[[approval]]
code = "rest.property-removed"
object = "Customer.email"
reason = "read by nobody since March, see the access log"
approved_by = "ann@acme.test"
expires = 2026-12-31
"""

import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from bdc.changes import Change
from bdc.changes.kinds import KINDS
from bdc.comparison.errors import BadApproval, ExpiredApproval, UnusedApproval
from bdc.diagnostics import DiagnosticSink, did_you_mean
from bdc.plan import Hazard

APPROVALS = "approvals.toml"
_TEXTS = ("code", "object", "reason", "approved_by")


@dataclass(frozen=True, slots=True)
class Approval:
    """One entry. It holds up to and on the day `expires`."""

    code: str
    object: str
    reason: str
    approved_by: str
    expires: date

    @property
    def what(self) -> str:
        return f"`{self.code}` at `{self.object}`"


@dataclass(frozen=True, slots=True)
class Judgement:
    """`approved`: code and place of what may pass, by the entry that lets it."""

    approved: dict[tuple[str, str], Approval]
    expired: tuple[Approval, ...] = ()
    unused: tuple[Approval, ...] = ()

    def of(self, item: Change | Hazard) -> Approval | None:
        return self.approved.get(_key(item))


def read_approvals(folder: Path, sink: DiagnosticSink) -> tuple[Approval, ...]:
    """Return the entries of `approvals.toml` in `folder`, none without the file. What is wrong goes to the sink."""
    path = folder / APPROVALS
    if not path.is_file():
        return ()
    try:
        data = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        sink.add(BadApproval(path.as_posix(), str(error)))
        return ()
    found = []
    for problem in _strangers(data, ("approval",), "the file"):
        sink.add(BadApproval(path.as_posix(), problem))
    entries = data.get("approval", [])
    if not isinstance(entries, list):
        sink.add(BadApproval(path.as_posix(), "`approval` is one table: write `[[approval]]`"))
        return ()
    for number, entry in enumerate(entries, 1):
        problems = list(_problems(entry, number))
        for problem in problems:
            sink.add(BadApproval(path.as_posix(), problem))
        if not problems:
            found.append(Approval(**entry))
    return tuple(found)


def _problems(entry: Any, number: int) -> Iterator[str]:
    where = f"approval {number}"
    if not isinstance(entry, dict):
        yield f"{where} is no table"
        return
    yield from _strangers(entry, (*_TEXTS, "expires"), where)
    for name in _TEXTS:
        value = entry.get(name)
        if not isinstance(value, str) or not value.strip():
            yield f"{where} needs a text `{name}`"
    expires = entry.get("expires")
    if not isinstance(expires, date) or isinstance(expires, datetime):
        yield f"{where} needs a date `expires`, without quotes: `expires = 2026-12-31`"
    code = entry.get("code")
    if isinstance(code, str) and "." in code and code not in KINDS:
        close = did_you_mean(code, KINDS)
        yield f"{where}: there is no code `{code}`" + (f"; did you mean `{close}`?" if close else "")


def _strangers(table: dict[str, Any], known: tuple[str, ...], where: str) -> Iterator[str]:
    for name in table:
        if name not in known:
            close = did_you_mean(name, known)
            yield f"{where} has no `{name}`" + (f"; did you mean `{close}`?" if close else "")


def judge(
    approvals: Iterable[Approval], changes: Iterable[Change], hazards: Iterable[Hazard], today: date
) -> Judgement:
    """Hold approvals against what was found. One that has expired lets nothing pass."""
    listed = tuple(approvals)
    met = {_key(change) for change in changes} | {_key(hazard) for hazard in hazards}
    expired = tuple(each for each in listed if each.expires < today)
    holding = [each for each in listed if each.expires >= today]
    return Judgement(
        {(each.code, each.object): each for each in holding if (each.code, each.object) in met},
        expired,
        tuple(each for each in holding if (each.code, each.object) not in met),
    )


def warn(judgement: Judgement, folder: Path, sink: DiagnosticSink) -> None:
    """Report entries that no longer hold, and those that let nothing pass."""
    path = (folder / APPROVALS).as_posix()
    for each in judgement.expired:
        sink.add(ExpiredApproval(path, each.what, each.expires.isoformat()))
    for each in judgement.unused:
        sink.add(UnusedApproval(path, each.what))


def _key(item: Change | Hazard) -> tuple[str, str]:
    return (item.code, item.place) if isinstance(item, Change) else (item.code, item.object)
