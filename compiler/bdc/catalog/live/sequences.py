"""What of a sequence is not as PostgreSQL makes it when nothing is said."""

from bdc.catalog.live.tables import Row

_MOST = {"smallint": 2**15 - 1, "integer": 2**31 - 1, "bigint": 2**63 - 1}
_WORDS = {
    "increment": "increment by",
    "min": "minvalue",
    "max": "maxvalue",
    "start": "start with",
    "cache": "cache",
}


def sequence_options(row: Row, word: str = "") -> str:
    """Return the options as SQL text, each after `word` (`set` in ALTER COLUMN)."""
    most, up = _MOST[row["type"]], row["increment"] > 0
    low, high = (1, most) if up else (-most - 1, -1)
    usual = {
        "increment": 1,
        "min": low,
        "max": high,
        "start": row["min"] if up else row["max"],
        "cache": 1,
    }
    said = [f"{_WORDS[key]} {row[key]}" for key, value in usual.items() if row[key] != value]
    return " ".join(f"{word}{each}" for each in [*said, *(["cycle"] if row["cycle"] else [])])
