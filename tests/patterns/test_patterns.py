"""A pattern means one thing to the compiler, to PostgreSQL, to JSON Schema and to the service, and is matched in linear time."""

import json
import shutil
import subprocess
import time
from collections.abc import Sequence
from random import Random

import asyncpg
import pytest

from bdc import patterns
from tests.patterns.random_patterns import pattern, text
from tests.support.postgres import Database, run
from tests.support.specs import compile_text

Cases = list[tuple[str, list[str]]]
_ECMA = """
const cases = JSON.parse(require("fs").readFileSync(0, "utf8"));
const judge = ([pattern, texts]) => texts.map((text) => new RegExp(pattern, "u").test(text));
console.log(JSON.stringify(cases.map(judge)));
"""
USUAL = (
    r"^[A-Z]{2}$",
    r"^[a-z0-9]+(-[a-z0-9]+)*$",
    r"^\+[1-9][0-9]{6,14}$",
    r"^https?://[A-Za-z0-9][^ ]*$",
    r"^([a-z]+)+$",
    r"^#[0-9a-fA-F]{6}$",
    r"^[A-Za-z0-9_%+-](\.?[A-Za-z0-9_%+-]){0,31}@([A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z]{2,63}$",
)


@pytest.mark.parametrize("usual", USUAL)
def test_what_all_engines_read_alike_stays_as_it_was_written(usual: str) -> None:
    part = (patterns.Part(usual),)
    assert (patterns.json_text(usual), patterns.sql_parts(usual), patterns.service_parts(usual)) == (
        usual,
        part,
        part,
    )


@pytest.mark.parametrize(
    ("written", "sql"),
    [
        (r"^\d{5}$", r"^[0-9]{5}$"),
        (r"^.+$", r"^[^\n\r\u2028\u2029]+$"),
        (r"^[a-z]{1,300}$", "^[a-z]{1,255}[a-z]{0,45}$"),
        (r"^(?P<year>[0-9]{4})$", "^[0-9]{4}$"),
        ("a{,3}", "a{0,3}"),
        ("(?i)^ab$", "^[Aa][Bb]$"),
    ],
)
def test_what_postgres_reads_otherwise_is_translated(written: str, sql: str) -> None:
    assert patterns.sql_parts(written) == (patterns.Part(sql),)


@pytest.mark.parametrize(
    "unusable",
    [
        r"(a)\1", r"(?P<x>a)(?P=x)", r"(a)?(?(1)b|c)", r"\bword\b", r"^(?:(?!admin).)*$", r"(?=a)b", r"a(?<=a)b", r"^a*+$",
        r"(?>a+)b", "(?m)^a$", "[[:alpha:]]", r"[^\s\S]", "(?i)é", r"\p{L}", "(", "^(a{1,200}){1,200}$", "[\\ud800-\\udfff]",
    ],
)  # fmt: skip
def test_what_cannot_keep_one_meaning_is_refused_at_its_place(unusable: str) -> None:
    compiled = compile_text(f'entity T {{\n  id: uuid @id\n  code: text @pattern(r"{unusable}")\n}}')
    assert [found.code for found in compiled.diagnostics] == ["E212"]
    assert patterns.problem(unusable)


def test_the_end_is_not_before_a_line_break() -> None:
    assert patterns.matches("^[A-Z]{2}$", "AB")
    assert not patterns.matches("^[A-Z]{2}$", "AB\n")
    assert not patterns.matches(r"^\d$", "٣")


def test_looking_around_at_the_ends_is_a_pattern_of_its_own() -> None:
    password = r"^(?=.*[A-Z])(?!.*\s).{4,}(?<!-)$"
    accepted = ["Abcd", "aB-d", "ABCD"]
    assert [
        text for text in [*accepted, "abcd", "Ab d", "Abc-", "Abc"] if patterns.matches(password, text)
    ] == accepted


@pytest.mark.parametrize("slow", [r"^([a-z]+)+$", "^(a|a)*b$", "^(a|aa)+$", "^(.*a){20}$", r"(x+x+)+y"])
def test_matching_takes_time_in_proportion_to_the_text(slow: str) -> None:
    patterns.matches(slow, "a")
    began = time.perf_counter()
    assert not patterns.matches(slow, "a" * 200_000 + "!")
    assert time.perf_counter() - began < 1


def cases(seed: int, number: int) -> Cases:
    random = Random(seed)
    made = [pattern(random) for _ in range(number)]
    usable = [each for each in made if patterns.problem(each) is None]
    assert len(usable) > number * 0.9
    return [(each, [text(random) for _ in range(20)]) for each in usable]


def test_random_patterns_accept_the_same_texts_everywhere(database: Database) -> None:
    made = cases(20, 250)
    expected = [[patterns.matches(each, value) for value in texts] for each, texts in made]
    assert sum(map(sum, expected)) > 500
    assert run(in_postgres(database.superuser_url, made)) == expected
    if shutil.which("node") is not None:
        assert in_ecma(made) == expected


async def in_postgres(url: str, made: Cases) -> list[list[bool]]:
    connection = await asyncpg.connect(url)
    try:
        return [await _matched(connection, patterns.sql_parts(each), texts) for each, texts in made]
    finally:
        await connection.close()


async def _matched(
    connection: "asyncpg.Connection[asyncpg.Record]", parts: Sequence[patterns.Part], texts: list[str]
) -> list[bool]:
    terms = [f"{'' if part.wanted else 'not '}t ~ ${number}" for number, part in enumerate(parts, 2)]
    query = f"select {' and '.join(terms)} from unnest($1::text[]) with ordinality as u (t, n) order by n"
    return [row[0] for row in await connection.fetch(query, texts, *(part.text for part in parts))]


def in_ecma(made: Cases) -> list[list[bool]]:
    given = json.dumps([(patterns.json_text(each), texts) for each, texts in made])
    done = subprocess.run(["node", "-e", _ECMA], input=given, capture_output=True, text=True, check=True)
    found: list[list[bool]] = json.loads(done.stdout)
    return found
