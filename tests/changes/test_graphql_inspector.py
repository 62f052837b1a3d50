"""graphql-inspector judges the schemas of every pair: what it calls breaking is called breaking, and nothing else of a schema is."""

import json
import subprocess
import tomllib
from functools import cache
from pathlib import Path

import pytest

from bdc.changes import Severity, changes
from bdc.query import compile_queries
from bdc.surface.graphql.build import build_schema_tree
from bdc_emitters.graphql.sdl import print_sdl
from tests.changes.system_edits import EDITS, SystemEdit
from tests.changes.test_unlike_systems import compiled
from tests.support.tools import not_run, tool

HERE = Path(__file__).parent
DRIVER = HERE / "inspector.cjs"
# What stands in no schema.
BESIDE = {"graphql.page-max-lowered", "graphql.limits-lowered", "graphql.path-changed"}
Pair = tuple[SystemEdit, bool]  # an edit, and whether it is taken back


@cache
def sdl(system: str, edit: SystemEdit | None) -> str:
    made = compiled(system, edit)
    api = next((each for each in made.apis if each.graphql is not None), None)
    if api is None:
        return ""
    reads = {read.entity: read for read in compile_queries(made).reads}
    return print_sdl(build_schema_tree(made, api, reads))


def inspected(pairs: list[Pair]) -> list[set[str]]:
    """Return the places that the tool calls breaking, pair by pair."""
    program = tool("graphql-inspector")
    if program is None:
        pytest.skip(not_run("graphql-inspector"))
    sides = [_sides(pair) for pair in pairs]
    texts = json.dumps([[sdl(*old), sdl(*new)] for old, new in sides])
    done = subprocess.run(["node", DRIVER, program], input=texts, capture_output=True, text=True, check=True)
    return [{each["path"] for each in found if each["breaking"]} for found in json.loads(done.stdout)]


def _sides(pair: Pair) -> tuple[tuple[str, SystemEdit | None], tuple[str, SystemEdit | None]]:
    edit, back = pair
    sides = (edit.system, None), (edit.system, edit)
    return (sides[1], sides[0]) if back else sides


def ours(pair: Pair) -> set[str]:
    old, new = _sides(pair)
    found = changes(compiled(*old), compiled(*new))
    return {
        change.place.replace("(", ".").rstrip(")")
        for change in found
        if change.code.startswith("graphql.")
        and change.severity is Severity.BREAKING
        and change.code not in BESIDE
    }


def known() -> set[tuple[str, str]]:
    listed = tomllib.loads((HERE / "disagreements.toml").read_text(encoding="utf-8")).get("disagreement", [])
    return {(each["edit"], each["place"]) for each in listed if each["tool"] == "graphql-inspector"}


def disagreements(pairs: list[Pair]) -> set[tuple[str, str]]:
    """Return what only one of both calls breaking, by edit and place."""
    found = set()
    for pair, theirs in zip(pairs, inspected(pairs), strict=True):
        name = f"{pair[0].system}: {pair[0].name}{' taken back' if pair[1] else ''}"
        found |= {(name, place) for place in theirs ^ ours(pair)}
    return found


def _offered(edits: tuple[SystemEdit, ...]) -> list[Pair]:
    return [(edit, back) for edit in edits if sdl(edit.system, None) for back in (False, True)]


def test_both_call_the_same_breaking() -> None:
    few = tuple(edit for edit in EDITS if edit.name in ("value of an enum added",))
    assert disagreements(_offered(few)) <= known()


@pytest.mark.long
def test_both_call_the_same_breaking_in_every_pair() -> None:
    assert disagreements(_offered(EDITS)) == known()
