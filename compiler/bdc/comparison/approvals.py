"""`approvals.toml`: what has been reviewed and may pass, with a name, a reason and a last day.

[[approval]]
code = "rest.property-removed"
object = "Customer.email"
pin = "3f0c8b6a21de"
reason = "no reads since March, see the access log"
approved_by = "ann@acme.test"
expires = 2026-12-31
"""

import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import field
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from bdc.changes import Change
from bdc.changes.kinds import KINDS
from bdc.comparison.errors import BadApproval, ExpiredApproval, OutdatedApproval, UnusedApproval
from bdc.diagnostics import DiagnosticSink, did_you_mean
from bdc.plan import Hazard, Operation
from bdc.source.records import dataclass

APPROVALS = "approvals.toml"
_TEXTS = ("code", "object", "reason", "approved_by")
RENAME = "rename"  # the code by which all changes that follow from one rename are approved together


@dataclass(frozen=True, slots=True)
class Approval:
    """One entry. It holds up to and on the day `expires`. `pin` stands for what exactly changes; without it, an entry holds for one
    change of its code and object, whatever that is."""

    code: str
    object: str
    reason: str
    approved_by: str
    expires: date
    pin: str = ""

    @property
    def what(self) -> str:
        return f"`{self.code}` at `{self.object}`"


@dataclass(frozen=True, slots=True)
class Judgement:
    """`approved`: what may pass, by the entry that lets it. `outdated`: entries for another change of the same place than there is.
    `pins`: of everything that was found."""

    approved: dict[Change | Hazard, Approval]
    expired: tuple[Approval, ...] = ()
    unused: tuple[Approval, ...] = ()
    outdated: tuple[Approval, ...] = ()
    pins: dict[Change | Hazard, str] = field(default_factory=dict)

    def of(self, item: Change | Hazard) -> Approval | None:
        return self.approved.get(item)

    def pin(self, item: Change | Hazard) -> str:
        return self.pins.get(item, "")


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
        yield f"{where} is not a table"
        return
    yield from _strangers(entry, (*_TEXTS, "expires", "pin"), where)
    if "pin" in entry and not isinstance(entry["pin"], str):
        yield f"{where} needs a text `pin`"
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
    approvals: Iterable[Approval], changes: Iterable[Change], operations: Iterable[Operation], today: date
) -> Judgement:
    """Hold approvals against what was found. One that has expired lets nothing pass."""
    listed = tuple(approvals)
    pins = _pins(changes, operations)
    holding = [each for each in listed if each.expires >= today]
    approved: dict[Change | Hazard, Approval] = {}
    used: set[int] = set()
    for item, pin in pins.items():
        for position, each in enumerate(holding):
            if _covers(each, item, pin, pins):
                approved.setdefault(item, each)
                used.add(position)
    left = [each for position, each in enumerate(holding) if position not in used]
    named = {name for item in pins for name in _names(item)}
    return Judgement(
        approved,
        tuple(each for each in listed if each.expires < today),
        tuple(each for each in left if (each.code, each.object) not in named),
        tuple(each for each in left if (each.code, each.object) in named),
        pins,
    )


def _pins(changes: Iterable[Change], operations: Iterable[Operation]) -> dict[Change | Hazard, str]:
    found: dict[Change | Hazard, str] = {change: change.pin for change in changes}
    for operation in operations:
        text = "\0".join((operation.title, *operation.statements))
        for hazard in operation.hazards:
            said = "\0".join((found.get(hazard, ""), hazard.code, hazard.object, hazard.message, text))
            found[hazard] = sha256(said.encode()).hexdigest()[:12]
    return found


def _covers(approval: Approval, item: Change | Hazard, pin: str, pins: dict[Change | Hazard, str]) -> bool:
    """A rename is pinned by its object, which says both names."""
    names = _names(item)
    if (approval.code, approval.object) not in names:
        return False
    if approval.code == RENAME:
        return True
    if approval.pin:
        return approval.pin == pin
    return Counter(names[0] for each in pins for names in (_names(each),))[names[0]] == 1


def _names(item: Change | Hazard) -> tuple[tuple[str, str], ...]:
    """Return code and object of an item, and those of the rename that it follows from."""
    if isinstance(item, Hazard):
        return ((item.code, item.object),)
    own = (item.code, item.place)
    return (own, (RENAME, item.cause)) if item.cause else (own,)


def warn(judgement: Judgement, folder: Path, sink: DiagnosticSink) -> None:
    """Report entries that no longer hold, and those that let nothing pass."""
    path = (folder / APPROVALS).as_posix()
    for each in judgement.expired:
        sink.add(ExpiredApproval(path, each.what, each.expires.isoformat()))
    for each in judgement.outdated:
        sink.add(OutdatedApproval(path, each.what))
    for each in judgement.unused:
        sink.add(UnusedApproval(path, each.what))
