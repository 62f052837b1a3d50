"""Each api takes its own credentials: those of another api do not name a caller there."""

from typing import Any

import pytest

from services.security.identity import KEYS_OF_MAIN
from tests.support.backend import Backend
from tests.support.matrix import load_matrix, path_of

MATRIX = load_matrix()
APIS: dict[str, str] = MATRIX.document["apis"]
TAKEN: dict[str, list[str]] = MATRIX.document["taken"]
OTHERS: frozenset[str] = frozenset(MATRIX.document.get("others", ()))


def caller(kind: str) -> dict[str, Any] | None:
    """Return a caller that shows such credentials: tokens are of the main identity, and keys too where it has any."""
    device = kind != "bearer" and not KEYS_OF_MAIN
    found = (each for each in reversed(MATRIX.document["callers"].values()) if each is not None)
    return next((each for each in found if bool(OTHERS & each.keys()) == device), None)


def reads() -> dict[str, str]:
    """Return a path that can be read of each api that has one, by what its paths begin with."""
    calls: list[tuple[Any, Any]] = [(facts["list"], None) for facts in MATRIX.entities.values()]
    calls += [(MATRIX.entities[row["entity"]]["rest"].get("read"), row) for row in MATRIX.rows.values()]
    found: dict[str, str] = {}
    for call, row in calls:
        path = "" if call is None else call["path"] if row is None else path_of(call, row)
        begins = [each for each in APIS if path.startswith(f"{each.rstrip('/')}/")]
        if begins:
            found.setdefault(max(begins, key=len), path)
    return found


CASES = [
    (path, kind)
    for api, path in reads().items()
    for kind in sorted({kind for kinds in TAKEN.values() for kind in kinds})
    if caller(kind) is not None and kind not in TAKEN[api]
]


@pytest.mark.parametrize(("path", "kind"), CASES)
def test_credentials_of_another_api(backend: Backend, path: str, kind: str) -> None:
    """A token is refused, a key is not looked at."""
    without, sent = backend.call("GET", path), backend.call("GET", path, None, caller(kind), credential=kind)
    assert sent.status_code == (401 if kind == "bearer" else without.status_code), sent.text
