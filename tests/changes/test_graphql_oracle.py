"""graphql-core finds no breaking change that is missed, and finds each that is said."""

import re
from functools import cache

import pytest
from graphql import BreakingChange, build_schema, find_breaking_changes

from bdc.changes import Change, Severity, changes
from bdc.query import compile_queries
from bdc.surface.graphql.build import build_schema_tree
from bdc_emitters.graphql.sdl import print_sdl
from tests.changes.pairs import EDITS, SPEC, Edit, compiled, edited, random_texts
from tests.support.sampling import sampled


@cache
def sdl(text: str) -> str:
    """Return what the emitter writes, from queries that were really compiled; empty when there is no GraphQL."""
    system = compiled(text)
    if system.apis[0].graphql is None:
        return ""
    reads = {read.entity: read for read in compile_queries(system).reads}
    return print_sdl(build_schema_tree(system, system.apis[0], reads))


# The words of graphql-core (3.2 and 3.3), and the place that they speak of.
_WORDS = (
    (r"^(?:A required argument|Argument) (\w+\.\w+)\((\w+):\) ", r"\1(\2)"),
    (r"^(?:A required field|Field|Enum value) (\w+\.\w+) ", r"\1"),
    (r"^A required arg (\w+) on (\w+\.\w+) was added", r"\2(\1)"),
    (r"^A required field (\w+) on input type (\w+) was added", r"\2.\1"),
    (r"^(\w+) was removed from enum type (\w+)", r"\2.\1"),
    (r"^(\w+\.\w+) arg (\w+) ", r"\1(\2)"),
    (r"^(\w+\.\w+) (?:was removed|changed type)", r"\1"),
    (r"^(?:Type |Standard scalar )?(\w+) (?:was removed|changed from)", r"\1"),
)


def place(found: BreakingChange) -> str:
    for pattern, spelled in _WORDS:
        said = re.match(pattern, found.description)
        if said:
            return said.expand(spelled)
    raise AssertionError(found.description)


def breaking(old: str, new: str) -> list[Change]:
    return [
        change
        for change in changes(compiled(old), compiled(new))
        if change.code.startswith("graphql.") and change.severity is Severity.BREAKING
    ]


def compare(old: str, new: str) -> tuple[set[str], set[str]]:
    """Return the places that only graphql-core names, and those that only we do."""
    if not sdl(old) or not sdl(new):
        return set(), set()
    theirs = {place(found) for found in find_breaking_changes(build_schema(sdl(old)), build_schema(sdl(new)))}
    ours = breaking(old, new)
    schema_only = {change.place for change in ours if change.code not in _BESIDE}
    return theirs - {change.place for change in ours}, schema_only - theirs


# What a schema in SDL does not hold.
_BESIDE = {"graphql.page-max-lowered", "graphql.path-changed", "graphql.limits-lowered"}


@pytest.mark.parametrize("edit", sampled(EDITS, 3), ids=lambda edit: edit.name)
def test_both_find_the_same(edit: Edit) -> None:
    assert compare(SPEC, edited(edit)) == (set(), set())
    assert compare(edited(edit), SPEC) == (set(), set())


@pytest.mark.parametrize("seed", sampled(range(8), 4))
def test_both_find_the_same_among_several(seed: int) -> None:
    assert compare(*random_texts(seed)) == (set(), set())


def test_graphql_that_is_gone_is_said() -> None:
    gone = next(edit for edit in EDITS if edit.name == "graphql gone")
    assert [change.code for change in breaking(SPEC, edited(gone))] == ["graphql.endpoint-removed"]


def test_when_nothing_can_be_written_any_more_one_type_is_gone() -> None:
    system = compiled(SPEC)
    api = system.apis[0]
    read_only = {"operations": ("list", "get"), "custom": (), "create": None, "update": None}
    resources = tuple(resource.model_copy(update=read_only) for resource in api.resources)
    silent = system.model_copy(update={"apis": (api.model_copy(update={"resources": resources}),)})
    found = [change for change in changes(system, silent) if change.place.startswith("Mutation")]
    assert [(change.code, change.place) for change in found] == [("graphql.type-removed", "Mutation")]
