"""Hostile words in six places of a system: nearly all boot and answer, the others are errors at check."""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.names.hostile import POSITIONS, Placed, hostile_system, refused
from tests.names.served import graphql_wrong, served, wrong_answers
from tests.names.words import hostile_words

pytestmark = pytest.mark.postgres

# One of each kind: what stands in every list of words that some target keeps for itself.
SAMPLE = [
    "class",
    "None",
    "True",
    "import",
    "async",
    "type",
    "date",
    "Decimal",
    "Field",
    "Enum",
    "Row",
    "Value",
    "Handler",
    "Query",
    "Mutation",
    "ID",
    "String",
    "JSON",
    "Connection",
    "__init__",
    "_x",
    "self",
    "context",
    "limit",
    "cursor",
    "detail",
    "id_",
    "select",
    "ctid",
    "xmin",
    "operations",
    "base",
    "errors",
    "schema",
    "model_config",
    "fooBar",
    "HTTPServer",
    "a_name_that_is_longer_than_postgresql_keeps_and_would_be_cut_by_it_silently_one",
    "a_name_that_is_longer_than_postgresql_keeps_and_would_be_cut_by_it_silently_two",
    "AnEntityWhoseNameInCamelCaseIsLongerThanPostgresqlKeepsWhenItIsWrittenInSnakeCase",
]
MOST_REFUSED = 0.05
PER_SYSTEM = 120


@pytest.mark.long
def test_a_sample_of_hostile_words_boots_and_answers(tmp_path: Path) -> None:
    _judge(SAMPLE, tmp_path, most_refused=0.1)


@pytest.mark.long
@pytest.mark.parametrize("part", range(9))
def test_hostile_words_boot_and_answer(part: int, tmp_path: Path) -> None:
    words = hostile_words()
    assert len(words) >= 600
    assert len(words) <= 9 * PER_SYSTEM
    _judge(words[part * PER_SYSTEM : (part + 1) * PER_SYSTEM], tmp_path, most_refused=MOST_REFUSED)


def _judge(words: Sequence[str], folder: Path, *, most_refused: float) -> None:
    placed = [Placed(position, word) for position in POSITIONS for word in words]
    kept, errors = _accepted(placed)
    assert len(errors) <= most_refused * len(placed), errors
    system = hostile_system(kept)
    compilation, _ = refused(system)
    folder.chmod(0o755)
    with served(compilation, folder) as it:
        wrong = [*wrong_answers(it), *graphql_wrong(it)]
    print(f"{len(kept)} of {len(placed)} placed words boot and answer; refused: {sorted(set(errors))}")
    assert not wrong, "\n".join(wrong[:20])


def _accepted(placed: list[Placed]) -> tuple[list[Placed], list[str]]:
    """Return what `bdc check` accepts, and the errors of the rest."""
    errors: list[str] = []
    for found in _rounds(placed):
        errors += [f"{where.position} {where.word}: {error}" for where, error in found.items()]
        placed = [each for each in placed if each not in found]
    return placed, errors


def _rounds(placed: list[Placed]) -> Iterator[dict[Placed, str]]:
    """Yield what is refused, until nothing is: one error may hide another."""
    for _ in range(6):
        compilation, found = refused(hostile_system(placed))
        if compilation.system is not None:
            return
        assert not any(where.position == "?" for where in found), found
        yield found
        placed = [each for each in placed if each not in found]
    raise AssertionError("errors without end")
