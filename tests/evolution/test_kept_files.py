"""What a migration keeps for the next one, as this release and as older ones write it."""

import json
from pathlib import Path

import pytest

from bdc.catalog import Database, Table, dump
from bdc.ddl.names import Name
from bdc.evolution.history import HistoryError, read_history
from bdc.source.compressed import compressed, expanded

STATE = Database(tables=(Table(name=Name("größe"), columns=()),))


def written(folder: Path, name: str, content: bytes) -> Path:
    """Write a folder of migrations with one, which keeps one file."""
    place = folder / "database" / "migrations" / "0001_initial"
    place.mkdir(parents=True)
    (place / "edge.json").write_text(json.dumps({"from": None, "to": "a", "files": []}), encoding="utf-8")
    (place / name).write_bytes(content)
    return folder


def test_a_state_is_read_as_both_releases_write_it(tmp_path: Path) -> None:
    new = written(tmp_path / "new", "state.json.gz", compressed(dump(STATE)))
    old = written(tmp_path / "old", "state.json", dump(STATE).encode())
    assert read_history(new)[0].state == read_history(old)[0].state == STATE


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    content = bytearray(compressed(dump(STATE)))
    content[len(content) // 2] ^= 0xFF
    with pytest.raises(HistoryError, match=r"cannot read .*state\.json\.gz"):
        _ = read_history(written(tmp_path, "state.json.gz", bytes(content)))[0].state


def test_the_same_text_gives_the_same_bytes() -> None:
    text = "ä" * 1000
    assert compressed(text) == compressed(text) and expanded(compressed(text)) == text
