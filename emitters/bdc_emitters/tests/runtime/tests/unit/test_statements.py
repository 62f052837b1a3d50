"""The compiled statements as they stand in the repository: readable, parameterised, and bound to the caller."""

from pathlib import Path

import pytest

QUERIES = sorted((Path(__file__).resolve().parents[2] / "database" / "queries").glob("**/*.sql"))


@pytest.mark.parametrize("path", QUERIES, ids=lambda path: path.stem)
def test_a_statement_binds_the_caller_and_takes_parameters(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert "$1" in text
    assert "set_config" in text or "api_" in text
