"""Values survive: what goes in through REST or GraphQL comes back equal and is found by an equal filter, or is refused with a path.

One system has every type in every position (`tests/systems/values`) and keys of every type. It is booted once; random and extreme
values go through bodies, paths, filters, cursors, literals, variables, operations in SQL, events and the audit trail. The seed is
in every message: `VALUES_SEED=… pytest tests/runtime/test_values.py` repeats a run.
"""

import http.client
import json
from collections.abc import Iterator
from random import Random
from typing import Any
from urllib.parse import quote, urlsplit

import pytest

from bdc.stack.backend import free_port
from bdc.stack.up import UpOptions, running
from bdc.stack.workspace import Workspace
from tests.runtime.value_caller import (
    ANSWER,
    FIELDS,
    FILTERS,
    KEYS,
    SEED,
    SORTS,
    SPEC,
    Caller,
    as_literal,
    boxes,
    created,
    created_by_literal,
    created_by_variable,
    has_literal,
    rounds,
    same,
    sampled,
    value,
    written,
    written_literal,
)
from tests.runtime.value_samples import KINDS, SCALARS, loads, text_of
from tests.support.emitted import build, compiled

pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    folder = tmp_path_factory.mktemp("values")
    out = build(SPEC, folder / "out")
    options = UpOptions(port=free_port(), durable=False)
    with running(compiled(SPEC)[1], out, Workspace(folder), options, lambda *_: None) as up:
        host = urlsplit(up.state.url)
        connection = http.client.HTTPConnection(host.hostname or "", host.port, timeout=60)
        yield Caller(connection, up.token("s.ann", "member"), up.settings.admin_url)
        connection.close()


def test_rows(caller: Caller) -> None:
    random = Random(SEED)
    for _ in range(rounds(40)):
        check_box(caller, random)


def check_box(caller: Caller, random: Random) -> None:
    sent = sampled(random, FIELDS) | {"u": KINDS["u"].sample(random)}
    ways = (
        created,
        created_by_variable,
        *([created_by_literal] if all(map(has_literal, sent.values())) else []),
    )
    made = random.choice(ways)(caller, sent)
    same(sent, made, "created")
    path = f"/v1/boxes/{made['id']}"
    same(sent, caller.send("GET", path)[1], "read")
    check_filters(caller, random, sent)
    changed = sampled(random, tuple(name for name in FIELDS if name != "u"))
    status, after, _ = caller.send("PATCH", path, written(changed))
    assert status == 200, f"seed {SEED}: {changed} -> {after}"
    same(sent | changed, after, "changed")
    same(
        sent | changed,
        boxes(caller, f"u: {{eq: {sent['u']}}}", fields=" ".join(ANSWER.values()))[0],
        "read by GraphQL",
    )


def check_filters(caller: Caller, random: Random, sent: dict[str, str]) -> None:
    """An equal filter finds the row, by text, literal and variable; so does a list and a range that ends at the value."""
    unique = value(sent["u"])
    for name in random.sample(
        [name for name in FILTERS if name in sent], k=min(3, len([n for n in FILTERS if n in sent]))
    ):
        text = value(sent[name])
        if "," not in text:
            found = caller.send("GET", f"/v1/boxes?u={unique}&{name}={quote(text)}")
            assert found[0] == 200 and len(found[1]["items"]) == 1, f"seed {SEED}: {name}={text} -> {found}"
        operators = [
            "eq",
            *(["in"] if name not in ("b", "yes") else []),
            *(["gte", "lte"] if name in SORTS[1:] else []),
        ]
        operator = random.choice(operators)
        given = as_literal(name, sent[name])
        condition = (
            f"u: {{eq: {sent['u']}}}, {name}: {{{operator}: {f'[{given}]' if operator == 'in' else given}}}"
        )
        assert len(boxes(caller, condition)) == 1, f"seed {SEED}: {condition}"
        kind = KINDS[name].graphql
        variables = f'{{"x": {sent[name]}}}'
        assert (
            len(
                boxes(caller, f"u: {{eq: {sent['u']}}}, {name}: {{eq: $x}}", variables, f"query($x: {kind}!)")
            )
            == 1
        ), f"seed {SEED}: {variables}"


def test_what_is_no_value_is_refused_with_its_path(caller: Caller) -> None:
    for name in FIELDS:
        for text in KINDS[name].refused:
            status, body, _ = caller.send("POST", "/v1/boxes", written({"s": '"x"', name: text}))
            paths = [error["path"] for error in body.get("errors", ())]
            refused = status == 400 or (status == 422 and paths[0].startswith(f"/{name}"))
            assert refused, f"{name}: {text} -> {status} {body}"
            check_refused_by_graphql(caller, name, text)
            if name in FILTERS and text[0] not in "[{" and name not in ("s", "b"):
                check_refused_filter(caller, name, text)


def check_refused_by_graphql(caller: Caller, name: str, text: str) -> None:
    document = "mutation($i: CreateBoxInput!) { createBox(input: $i) { id } }"
    answer = caller.ask(document, f'{{"i": {{"{name}": {text}}}}}')
    assert answer.get("errors") or answer.get("status") == 400, f"{name}: {text} -> {answer}"
    if has_literal(text) and not (name == "kinds" and '""' in text):
        given = as_literal(name, text)
        answer = caller.ask(f"mutation {{ createBox(input: {{{name}: {given}}}) {{ id }} }}")
        assert answer.get("errors"), f"{name}: {text} -> {answer}"


def check_refused_filter(caller: Caller, name: str, text: str) -> None:
    shown = value(text)
    status, body, _ = caller.send("GET", f"/v1/boxes?{name}={quote(shown)}")
    refused = status == 422 and body["errors"][0]["path"] == f"?{name}"
    assert refused or loads_like(name, shown), f"?{name}={shown} -> {status} {body}"


def loads_like(name: str, shown: str) -> bool:
    """Whether a text that JSON would not take is one that a query string takes: it has no types."""
    return name in ("i", "big", "yes", "d", "wide", "free", "f") and (
        shown in ("1", "true", "false") or shown.lstrip("-").replace(".", "").replace("e", "").isdigit()
    )


def test_null_is_no_filter(caller: Caller) -> None:
    for name in (*FILTERS, "u"):
        kind = KINDS[name].graphql
        for operator, type_ in (("eq", kind), *((("in", f"[{kind}!]"),) if name not in ("b", "yes") else ())):
            for document, variables in (
                (f"{{ boxes(filter: {{{name}: {{{operator}: null}}}}) {{ nodes {{ id }} }} }}", "{}"),
                (
                    f"query($x: {type_}) {{ boxes(filter: {{{name}: {{{operator}: $x}}}}) {{ nodes {{ id }} }} }}",
                    '{"x": null}',
                ),
                (f"{{ boxes(filter: {{{name}: null}}) {{ nodes {{ id }} }} }}", "{}"),
            ):
                answer = caller.ask(document, variables)
                assert answer.get("errors") and "data" not in answer, f"{document} {variables} -> {answer}"
    for document in (
        "query($x: Int) { boxes(first: $x) { nodes { id } } }",
        "{ boxes(first: null) { nodes { id } } }",
    ):
        answer = caller.ask(document, '{"x": null}')
        assert answer["errors"][0]["extensions"]["status"] == 400, answer
    for argument in ("after: null", "sort: null", "filter: null"):
        assert "errors" not in caller.ask(f"{{ boxes(first: 1, {argument}) {{ nodes {{ id }} }} }}"), argument


@pytest.mark.parametrize("resource", KEYS)
def test_a_row_is_reached_where_its_location_says(caller: Caller, resource: str) -> None:
    random, kind = Random(f"{SEED}{resource}"), KINDS[KEYS[resource]]
    texts = [kind.sample(random) for _ in range(rounds(12))]
    if kind.graphql == "String" and resource != "by-label":
        texts += [
            json.dumps(key)
            for key in (
                "a/b",
                "/",
                "//",
                "...",
                "%2e%2e",
                "%2F",
                ".a",
                "a b",
                "ä",
                "\u0001",
                "\\",
                "?",
                "#",
                "a,b",
                "+",
                ";x=1",
                "'\"",
            )
        ]
        for refused in ('"."', '".."', '""', '"\\u0000"'):
            status, body, _ = caller.send("POST", f"/v1/{resource}", f'{{"key": {refused}, "n": 1}}')
            assert status == 422 and body["errors"][0]["path"] == "/key", (refused, status, body)
    for text in texts:
        check_key(caller, resource, kind, text)


def check_key(caller: Caller, resource: str, kind: Any, text: str) -> None:
    status, made, headers = caller.send("POST", f"/v1/{resource}", f'{{"key": {text}, "n": 1}}')
    where = f"seed {SEED}: {resource} {text} -> {status} {made}"
    if status == 422 and loads(text) in ("", ".", ".."):
        return
    assert status == 201 and kind.read(made["key"]) == kind.read(loads(text)), where
    place = headers["location"]
    for method, body, want in (("GET", None, 200), ("PATCH", '{"n": 2}', 200)):
        status, row, _ = caller.send(method, place, body)
        assert status == want and kind.read(row["key"]) == kind.read(loads(text)), (
            f"{where}: {method} {place} {status} {row}"
        )
    field = "".join(part.title() for part in resource.split("-"))
    field = field[0].lower() + field[1:]
    answer = caller.ask(f"{{ {field}(key: {as_literal(KEYS[resource], text)}) {{ key n }} }}")
    assert "errors" not in answer and answer["data"][field]["n"] == 2, f"{where}: {answer}"
    assert caller.send("DELETE", place)[0] == 204, where
    assert caller.send("GET", place)[0] == 404, where


def test_operations_in_sql(caller: Caller) -> None:
    random = Random(SEED)
    names = (*SCALARS, "wide", "ds", "lens", "ss")
    for _ in range(rounds(25)):
        sent = sampled(random, tuple(dict.fromkeys(names)))
        status, body, _ = caller.send("POST", "/v1/same", written(sent))
        assert status == 200, f"seed {SEED}: {sent} -> {body}"
        same(sent, body, "an operation in SQL")
        if sent and all(map(has_literal, sent.values())):
            answer = caller.ask(f"mutation {{ same({written_literal(sent)}) {{ {' '.join(sent)} }} }}")
            assert "errors" not in answer, f"seed {SEED}: {sent} -> {answer}"
            same(sent, answer["data"]["same"], "an operation in SQL by GraphQL")
        asked = {name: text for name, text in sent.items() if name in FILTERS and name not in ("b", "wide")}
        status, body, _ = caller.send(
            "GET", "/v1/shown?" + "&".join(f"{name}={quote(value(text))}" for name, text in asked.items())
        )
        assert status == 200, f"seed {SEED}: {asked} -> {body}"
        same(asked, body, "an operation in SQL by GET")


def test_events_and_the_audit_trail(caller: Caller) -> None:
    random = Random(SEED)
    for _ in range(rounds(15)):
        sent = sampled(random, FIELDS)
        made = created(caller, sent)
        given = {
            "note": KINDS["s"].sample(random),
            "factor": '"1.000000000000000001"',
            "wait": KINDS["len"].sample(random),
            "extra": KINDS["j"].sample(random),
        }
        status, _, _ = caller.send("POST", f"/v1/boxes/{made['id']}/send", written(given))
        assert status == 200
        (row,) = caller.rows(
            f"select payload::text as payload from app.outbox where subject = '{made['id']}'"
        )
        payload = loads(row["payload"])
        same({name: text for name, text in sent.items() if name in payload}, payload, "an event")
        same(sent, payload["box"], "the row in an event")
        for name, kind in (("note", "s"), ("factor", "d"), ("wait", "len"), ("extra", "j")):
            assert KINDS[kind].read(payload[name]) == KINDS[kind].read(loads(given[name])), (
                f"seed {SEED}: {name}"
            )


def test_lists_are_walked_by_cursor(caller: Caller) -> None:
    for name in SORTS:
        for sort in (name, f"-{name}"):
            walked: list[str] = []
            cursor = ""
            while len(walked) < 120:
                page = caller.send("GET", f"/v1/boxes?sort={sort}&limit=17{cursor}")[1]
                walked += [row["id"] for row in page["items"]]
                if page["next_cursor"] is None:
                    break
                cursor = f"&cursor={page['next_cursor']}"
            whole = caller.send("GET", f"/v1/boxes?sort={sort}&limit=100")[1]["items"]
            assert walked[:100] == [row["id"] for row in whole], f"seed {SEED}: {sort}"


def test_members_given_twice_are_refused(caller: Caller) -> None:
    for body in ('{"s": "a", "s": "b"}', '{"j": {"a": 1, "a" :2}}', '{"o": {"s": "x", "s": "x"}}'):
        status, answer, _ = caller.send("POST", "/v1/boxes", body)
        assert status == 400 and "twice" in answer["detail"], answer
    assert text_of(Random(1)) is not None
