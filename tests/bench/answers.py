"""Both services must tell the same before either is timed: what the peer says is a part of what we say."""

import http.client
import json
import re
from collections.abc import Iterable
from datetime import datetime

from tests.bench.cases import Case
from tests.bench.data import Keys
from tests.bench.peers import Peer

ASKED = 20
TIME = re.compile(r"\d{4}-\d\d-\d\dT")
NEW = frozenset({"id", "number", "order_id", "created_at", "updated_at"})
OWN = NEW | {"next_cursor"}
"""What differs from one new row to the next, or means something to its maker alone."""


class Differs(Exception):
    """The two services do not say the same; the message says where."""


def compare(peers: list[Peer], case: Case, keys: Keys, token: str) -> int:
    """Ask both the same up to `ASKED` times and return how often. Raises Differs."""
    emitted, peer = peers
    pairs = zip(case.make(keys, token, ASKED), case.peer(keys, token, ASKED), strict=True)
    asked = 0
    for ours, theirs in pairs:
        skipped = OWN if case.writes else OWN - NEW
        _contains(_ask(emitted, ours, case), _ask(peer, theirs, case), case.name, skipped)
        asked += 1
    return asked


def _ask(peer: Peer, request: str, case: Case) -> object:
    head, _, body = request.partition("\r\n\r\n")
    method, path, _ = head.splitlines()[0].split(" ")
    headers = dict(line.split(": ", 1) for line in head.splitlines()[1:])
    connection = http.client.HTTPConnection("127.0.0.1", peer.port, timeout=30)
    connection.request(method, path, body or None, headers)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    if answer.status != case.expected:
        raise Differs(f"{peer.name}: {method} {path} answered {answer.status}: {text[:400]}")
    found = json.loads(text)
    if isinstance(found, dict) and found.get("errors"):
        raise Differs(f"{peer.name}: {method} {path} answered with errors: {text[:400]}")
    return found


def _contains(ours: object, theirs: object, where: str, skipped: Iterable[str]) -> None:
    if isinstance(theirs, dict):
        if not isinstance(ours, dict):
            raise Differs(f"{where}: {ours!r} is not {theirs!r}")
        for name, value in theirs.items():
            if name not in skipped:
                _contains(ours.get(name), value, f"{where}.{name}", skipped)
    elif isinstance(theirs, list):
        _same_rows(ours, theirs, where, skipped)
    elif _plain(ours) != _plain(theirs):
        raise Differs(f"{where}: the emitted service says {ours!r}, the hand-written one {theirs!r}")


def _same_rows(ours: object, theirs: list[object], where: str, skipped: Iterable[str]) -> None:
    """Rows of a page come in one order, rows of a nested list in any."""
    if not isinstance(ours, list) or len(ours) != len(theirs):
        raise Differs(f"{where}: {ours!r} is not {theirs!r}")
    nested = "[" in where
    mine = {row.get("id"): row for row in ours if isinstance(row, dict)}
    for position, row in enumerate(theirs):
        by_key = nested and isinstance(row, dict) and row.get("id") in mine
        here = mine[row["id"]] if by_key and isinstance(row, dict) else ours[position]
        _contains(here, row, f"{where}[{position}]", skipped)


def _plain(value: object) -> object:
    """Times are compared as times: one side writes `Z`, the other drops trailing zeros."""
    if isinstance(value, str) and TIME.match(value):
        return datetime.fromisoformat(value)
    return value
