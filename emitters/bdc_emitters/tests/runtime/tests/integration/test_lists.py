"""What lists can be asked: every filter and every order that the document names, with values of a row that is there."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest

from tests.support.backend import Backend
from tests.support.matrix import Data, Matrix, Rows

ROOT = Path(__file__).resolve().parents[2]
DOCUMENT: Data = json.loads((ROOT / "api/documentation/openapi.json").read_text(encoding="utf-8"))
OF_EVERY_LIST = {"limit", "cursor", "offset", "sort", "q", "expand", "total", "fields", "_distance"}
# Whether a row is found by its own value.
FOUND = dict.fromkeys(("eq", "in", "gte", "lte", "contains", "startswith"), True) | dict.fromkeys(
    ("ne", "gt", "lt"), False
)
LONGEST = 200
SAMPLES = {
    "uuid": "00000000-0000-4000-8000-000000000000",
    "date": "2026-01-31",
    "date-time": "2026-01-31T09:30:00Z",
    "time": "09:30:00",
    "duration": "PT1H",
}


@pytest.fixture(scope="module")
def lists(backend: Backend, matrix: Matrix, rows: Rows) -> list["Listed"]:
    tried = {_template(facts["list"]): entity for entity, facts in matrix.entities.items() if facts["list"]}
    calls = [matrix.entities[entity]["list"] for entity in tried.values()]
    views = [
        path
        for path, item in DOCUMENT["paths"].items()
        if path not in tried and "{" not in path and _is_list(item)
    ]
    calls += [{"path": path, "credential": None} for path in views]
    return [Listed(backend, matrix, tried.get(_template(call), call["path"]), call) for call in calls]


def _template(call: Data) -> str:
    """Return the path of a list as it is declared."""
    return str(call.get("template", call["path"]))


def _is_list(item: Data) -> bool:
    parameters = item["get"].get("parameters", []) if "get" in item else []
    return any(each["name"] == "limit" and each["in"] == "query" for each in map(_resolved, parameters))


class Listed:
    """The list of one entity, asked by a caller who sees rows of it where there is such a caller. `row`: one of these rows."""

    def __init__(self, backend: Backend, matrix: Matrix, entity: str, call: Data) -> None:
        self._backend = backend
        self._call = call
        self._claims: Data | None = None
        self.entity = entity
        self.keys = next((list(row["path"]) for row in matrix.rows.values() if row["entity"] == entity), [])
        self.row: Data | None = None
        for claims in matrix.document["callers"].values():
            answer = self._get({}, claims)
            if answer.status_code == 200 and (self.row is None or answer.json()["items"]):
                self._claims, found = claims, answer.json()["items"]
                self.row = found[0] if found else {}
            if self.row:
                break

    @property
    def parameters(self) -> dict[str, Data]:
        """The query parameters of this list, by name."""
        declared = DOCUMENT["paths"][_template(self._call)]["get"].get("parameters", [])
        whole = [_resolved(each) for each in declared]
        return {each["name"]: each for each in whole if each["in"] == "query"}

    def _get(self, asked: Data, claims: Data | None) -> Any:
        path = self._call["path"] + (f"?{urlencode(asked)}" if asked else "")
        return self._backend.call("GET", path, None, claims, credential=self._call["credential"])

    def ask(self, asked: Data) -> Any:
        """Return the answer to the list with these parameters."""
        return self._get(asked, self._claims)

    def key(self, row: Data) -> str:
        """Return what tells a row apart; of a view the whole row."""
        return json.dumps([row.get(name) for name in self.keys] if self.keys else row, sort_keys=True)


def _resolved(parameter: Data) -> Data:
    reference = parameter.get("$ref")
    found: Data = (
        DOCUMENT["components"]["parameters"][reference.rsplit("/", 1)[1]] if reference else parameter
    )
    return found


def _text(value: Any) -> str | None:
    """Return a value of a row as a query string has it; None for what is better not asked."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if value is None or isinstance(value, dict | list):
        return None
    return str(value) if len(str(value)) <= LONGEST else None


def _sample(schema: Data) -> str:
    """Return some value that a schema describes, as far as it is simple."""
    if "enum" in schema:
        return str(schema["enum"][0])
    match schema.get("type"):
        case "array":
            return _sample(schema["items"])
        case "boolean":
            return "true"
        case "integer" | "number":
            return str(schema.get("minimum", 1))
    return str(SAMPLES.get(schema.get("format", ""), "a" * max(1, schema.get("minLength", 1))))


def _own(row: Data, base: str, operator: str) -> str | None:
    """Return the value by which a row should be found or not."""
    value = row.get(base)
    if operator == "contains" and isinstance(value, list):
        value = value[0] if value else None
    text = _text(value)
    return None if text is not None and operator == "in" and "," in text else text


def _is_whole(page: Data) -> bool:
    """Say whether no row follows a first page, as far as it tells."""
    return not page["next_cursor"] if "next_cursor" in page else page.get("total") == len(page["items"])


def test_every_filter_finds_what_it_says(lists: list[Listed]) -> None:
    for listed in lists:
        for name, parameter in listed.parameters.items():
            if name in OF_EVERY_LIST or listed.row is None:
                continue
            base, _, operator = name.removesuffix("]").partition("[")
            # A filter along relations may be called like a member of the row.
            own = "" if "x-bdc-path" in parameter else base
            _ask_filter(listed, name, own, operator or "eq", parameter["schema"])


def _ask_filter(listed: Listed, name: str, base: str, operator: str, schema: Data) -> None:
    own = _own(listed.row or {}, base, operator) if operator in FOUND else None
    place = f"{listed.entity}: {name}={own}"
    if own is None:
        answer = listed.ask({name: _sample(schema)})
        assert answer.status_code in (200, 422), f"{place}: {answer.status_code} {answer.text}"
        return
    answer = listed.ask({name: own})
    assert answer.status_code == 200, f"{place}: {answer.text}"
    found = {listed.key(row) for row in answer.json()["items"]}
    if FOUND[operator] and _is_whole(answer.json()):
        assert listed.key(listed.row or {}) in found, place
    if not FOUND[operator]:
        assert listed.key(listed.row or {}) not in found, place


def test_every_order_has_all_rows(lists: list[Listed]) -> None:
    for listed in lists:
        sort = listed.parameters.get("sort")
        if sort is None or listed.row is None:
            continue
        whole = listed.ask({}).json()
        for value in sort["schema"]["enum"]:
            answer = listed.ask({"sort": value})
            assert answer.status_code == 200, f"{listed.entity}: {value}: {answer.text}"
            if _is_whole(whole):
                rows = sorted(map(listed.key, answer.json()["items"]))
                assert rows == sorted(map(listed.key, whole["items"])), f"{listed.entity}: {value}"


def test_the_members_that_are_wanted(lists: list[Listed]) -> None:
    for listed in lists:
        wanted = listed.parameters.get("fields")
        if wanted is None or not listed.row:
            continue
        for name in wanted["schema"]["items"]["enum"]:
            answer = listed.ask({"fields": name})
            assert answer.status_code == 200, f"{listed.entity}: {name}: {answer.text}"
            assert all(set(row) == {name} for row in answer.json()["items"]), f"{listed.entity}: {name}"


def test_the_nearest_come_first(lists: list[Listed]) -> None:
    for listed in lists:
        wanted = listed.parameters.get("nearest")
        if wanted is None or "_distance" not in listed.parameters or listed.row is None:
            continue
        numbers = ["1"] * wanted["schema"]["minItems"]
        answer = listed.ask({"nearest": ",".join(numbers), "_distance": "true"})
        assert answer.status_code == 200, f"{listed.entity}: {answer.text}"
        far = [row["_distance"] for row in answer.json()["items"] if row["_distance"] is not None]
        assert far == sorted(far), f"{listed.entity}: {far}"
        assert listed.ask({"nearest": ",".join([*numbers, "1"])}).status_code == 422, listed.entity


def test_searches_answer(lists: list[Listed]) -> None:
    for listed in lists:
        for words in ("a", "two words", 'a "phrase" -not', "'", "!&|:*") if "q" in listed.parameters else ():
            answer = listed.ask({"q": words})
            assert answer.status_code == 200, f"{listed.entity}: {words}: {answer.text}"
