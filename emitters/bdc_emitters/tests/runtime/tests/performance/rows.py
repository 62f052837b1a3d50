"""Rows that requests are about, and bodies that differ from call to call."""

import copy
import itertools
import random
import re
import uuid
from typing import Any

import httpx

Data = dict[str, Any]
_DIGITS, _LOWER, _UPPER = "0123456789", "abcdefghijklmnopqrstuvwxyz", "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


class Rows:
    """Rows by entity, as lists showed them and as answers since then did. A row that a write is about is nobody else's meanwhile."""

    def __init__(self, lists: dict[str, str]) -> None:
        self.lists = lists
        self._rows: dict[str, list[Data]] = {}
        self._made: dict[str, list[Data]] = {}
        self._numbers = itertools.count(random.randrange(1_000_000_000))

    async def fetch(self, client: httpx.AsyncClient, headers: list[dict[str, str]]) -> None:
        """Read the first page of each list, as the first caller who may."""
        for entity, path in self.lists.items():
            for each in headers:
                answer = await client.get(path, headers=each)
                members = answer.json().values() if answer.status_code == 200 else ()
                rows = next((list(one) for one in members if isinstance(one, list) and one), [])
                if rows:
                    self._rows[entity] = [row for row in rows if isinstance(row, dict)]
                    break

    def any(self, entity: str) -> Data | None:
        """Return a row to read or to refer to."""
        rows = self._rows.get(entity)
        return random.choice(rows) if rows else None

    def take(self, request: Data) -> Data | None:
        """Take a row to write: of this run, if it will be gone afterwards; in a state that the request needs."""
        entity = request["of"]
        pool = self._made.get(entity, []) if request.get("takes") else self._rows.get(entity, [])
        states = request.get("states")
        for place in random.sample(range(len(pool)), min(len(pool), 20)):
            if states is None or pool[place].get(request["state"]) in states:
                row = pool.pop(place)
                other = self._rows.get(entity, []) if request.get("takes") else self._made.get(entity, [])
                other[:] = [each for each in other if each is not row]
                return row
        return None

    def give_back(self, entity: str, row: Data, *, made: bool = False) -> None:
        """Let others have a row, as an answer showed it."""
        self._rows.setdefault(entity, []).append(row)
        if made:
            self._made.setdefault(entity, []).append(row)

    def body(self, request: Data) -> Any:
        """Return the body of the next call. LookupError when it has to name a row and there is none."""
        body: Any = copy.deepcopy(request.get("body"))
        for hole in request.get("holes", ()):
            *way, last = hole["at"]
            place: Any = body
            for step in way:
                place = place[step]
            place[last] = self._filled(hole, place[last])
        return body

    def _filled(self, hole: Data, example: Any) -> Any:
        if "of" in hole:
            row = self.any(hole["of"])
            if row is None:
                raise LookupError(hole["of"])
            return row[hole["member"]]
        number = next(self._numbers)
        if hole["vary"] == "number":
            return hole["least"] + number % (hole["most"] - hole["least"] + 1)
        if hole["vary"] == "uuid":
            return str(uuid.uuid4())
        if hole["vary"] == "shape":
            return shaped(str(example), number)
        return f"{number:x}-{example}"[: hole["most"]]


def shaped(example: str, number: int) -> str:
    """Return a text with the letters and digits of `example` exchanged for others of their kind, so that patterns still match; an
    address keeps what stands behind its `@`."""
    head, mark, domain = example.partition("@")
    seed = random.Random(number)

    def other(match: re.Match[str]) -> str:
        found = match.group()
        return seed.choice(_DIGITS if found.isdigit() else _LOWER if found.islower() else _UPPER)

    changed = re.sub(r"[0-9a-zA-Z]", other, head)
    if mark and len(changed) < 12:
        changed += "".join(seed.choices(_LOWER, k=12))
    return changed + mark + domain
