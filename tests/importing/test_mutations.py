"""Whatever a source has become, an import says what is wrong with it, or accounts for each of its elements: it never fails by itself."""

import random
from pathlib import Path

import pytest

from bdc.importing.converge import NotImportable
from bdc.importing.described import describe
from bdc.importing.encoding import decoded
from bdc.importing.jdl import JdlError
from bdc.importing.openapi import OpenApiError
from bdc.importing.prisma.client import with_client
from bdc.importing.prisma.database import database_of
from bdc.importing.prisma.parse import PrismaError, parse
from bdc.importing.scripts import NoSource, left_out, read_folder
from tests.importing.accounts import accounted
from tests.importing.mutations import mutated
from tests.support import corpus

_SMALL = Path(__file__).parent
_SOURCES = (
    _SMALL / "library.yaml",
    _SMALL / "library.yaml",
    _SMALL / "whole.jdl",
    _SMALL / "whole.prisma",
    corpus.CORPUS / "jdl-samples" / "bug-tracker.jdl",
    corpus.CORPUS / "realworld" / "openapi.yml",
    corpus.CORPUS / "prisma-umami" / "schema.prisma",
    corpus.CORPUS / "prisma-umami" / "migrations" / "01_init" / "migration.sql",
)
_SHORT, _LONG, _SLICE = 60, 2_000, 50


def _imported(file: Path) -> None:
    """Import a file as far as no database is needed."""
    if file.suffix == ".prisma":
        blocks = parse(decoded(file.read_bytes())[0])
        with_client(blocks, *database_of(blocks))
    elif file.suffix == ".sql":
        list(left_out(read_folder(file.parent)))
    else:
        accounted(describe(str(file), "mutated", None), sound=False)


def _tried(seed: int, folder: Path) -> None:
    dice = random.Random(seed)
    source = dice.choice(_SOURCES)
    file = folder / f"mutated{source.suffix}"
    file.write_bytes(mutated(source.read_bytes(), dice))
    try:
        _imported(file)
    except (JdlError, OpenApiError, PrismaError, NoSource) as problem:
        assert str(problem)
    except NotImportable as problem:
        pytest.fail(f"seed {seed}: {problem}")
    except Exception as problem:
        raise AssertionError(f"seed {seed}: {problem!r}") from problem


def test_some_mutations(tmp_path: Path) -> None:
    for seed in range(_SHORT):
        _tried(seed, tmp_path)


@pytest.mark.long
@pytest.mark.parametrize("first", range(_SHORT, _SHORT + _LONG, _SLICE))
def test_many_mutations(first: int, tmp_path: Path) -> None:
    for seed in range(first, first + _SLICE):
        _tried(seed, tmp_path)
