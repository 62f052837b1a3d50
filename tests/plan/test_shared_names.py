"""Tables, views, sequences and indexes of a schema share their names: one that goes over to something else stops no migration."""

from pathlib import Path

import pytest

from bdc.stack.loading import scratch
from bdc.stack.shared import sharing
from tests.scripts.outcome import outcome

# Each pair stands in a schema of its own: {0}.
_GOES_OVER = (
    ("create table {0}.gone(id int constraint shared primary key, n text)", "create table {0}.fresh(id int constraint shared primary key, m date, k int)"),
    ("create table {0}.a(id int primary key, n text constraint shared unique)", "create table {0}.a(id int primary key, n text); create table {0}.b(id int primary key, m text constraint shared unique)"),
    ("create table {0}.a(id int primary key, n text); create index shared on {0}.a(n)", "create table {0}.a(id int primary key, n text); create table {0}.b(id int primary key, m text); create index shared on {0}.b(m)"),
    ("create table {0}.a(id int primary key, n text constraint shared unique); create table {0}.b(id int primary key, m text)", "create table {0}.a(id int primary key, n text); create table {0}.b(id int primary key, m text constraint shared unique)"),
    ("create table {0}.a(id int primary key, n text); create index shared on {0}.a(n); create table {0}.b(id int primary key, m text)", "create table {0}.b(id int primary key, m text); create index shared on {0}.b(m)"),
    ("create table {0}.a(id int primary key, r int4range, constraint shared exclude using gist (r with &&))", "create table {0}.b(id int primary key, q int4range, z date, y text, constraint shared exclude using gist (q with &&))"),
    ("create table {0}.a(id int primary key, n text); create index shared on {0}.a(n)", "create table {0}.a(id int primary key, n text); create table {0}.shared(id int primary key, m text)"),
    ("create table {0}.a(id int constraint pk1 primary key, n text); create index pk2 on {0}.a(n)", "create table {0}.a(id int constraint pk2 primary key, n text)"),
    ("create table {0}.a(id int constraint x primary key); create table {0}.b(id int constraint y primary key)", "create table {0}.a(id int constraint y primary key); create table {0}.b(id int constraint x primary key)"),
    ("create table {0}.a(id int primary key, n text constraint shared unique)", "create table {0}.a(id int primary key, n text); create view {0}.shared as select id from {0}.a"),
    ("create table {0}.a(id int primary key, n text, constraint s1 unique(n)); create index s2 on {0}.a(id, n)", "create table {0}.zz(id bigint primary key, d date, e date, constraint s2 unique(d)); create index s1 on {0}.zz(e)"),
)  # fmt: skip
_BECOMES_AN_INDEX = (
    "create sequence {0}.shared; create table {0}.a(id int primary key, n text)",
    "create table {0}.a(id int primary key, n text); create index shared on {0}.a(n)",
)


def _pair(folder: Path, *pairs: tuple[str, str]) -> Path:
    for side, name in enumerate(("old.sql", "new.sql")):
        texts = (pair[side].format(f"s{number}") for number, pair in enumerate(pairs))
        made = (f"create schema s{number};\n{text};\n" for number, text in enumerate(texts))
        (folder / name).write_text("".join(made))
    return folder


@pytest.mark.postgres
def test_names_go_over(tmp_path: Path) -> None:
    with sharing(), scratch() as fresh:
        found = outcome(_pair(tmp_path, *_GOES_OVER), fresh)
        assert found.end == "converges", found
        refused = outcome(_pair(tmp_path, _BECOMES_AN_INDEX), fresh)
    assert (refused.end, "it was a sequence and becomes an index of s0.a" in refused.why) == ("refused", True)
