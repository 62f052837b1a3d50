"""The compiled statements as they stand in the repository: readable, parameterised, and bound to the caller."""

from pathlib import Path

QUERIES = sorted((Path(__file__).resolve().parents[2] / "database" / "queries").glob("**/*.sql"))


def test_every_statement_binds_the_caller_and_takes_parameters() -> None:
    assert QUERIES
    for path in QUERIES:
        text = path.read_text(encoding="utf-8")
        assert "$1" in text, path
        assert "set_config" in text or "api_" in text, path
