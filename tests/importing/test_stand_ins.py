"""What the embedded server does not carry is imported with stand-ins: types keep what they say, and the report names them."""

from pathlib import Path

import pytest

from bdc.ddl.spatial import decoded, encoded
from bdc.importing.converge import converge
from bdc.importing.report import report
from bdc.importing.sources import BrokenScript, read_source
from tests.support.postgres import Databases

PLACES = """
create extension if not exists postgis with schema public;
create table place (
  id serial primary key, at geometry(Point,4326) not null, area public.geography(MultiPolygon,4326), any_shape geometry,
  track geometry(LineStringZM), flat geometry(Geometry,3857), constraint known check (st_srid(at) = 4326)
);
create index place_at_idx on place using gist (at);
create view near as select a.id, st_distance(a.at, b.at) as far, a.at from place a join place b on st_dwithin(a.at::geography, b.at, 100);
create function around(p geometry) returns setof place language sql stable as $$ select * from place where at && p $$;
"""


@pytest.mark.parametrize(
    "said",
    ["geometry(Point,4326)", "geography(MultiPolygonZ,4326)", "geometry(TinZM,999999)", "geometry(Polygon)"],
)
def test_modifiers_of_types_are_numbers_meanwhile(said: str) -> None:
    assert encoded(said) != said and decoded(encoded(said)) == said


@pytest.mark.parametrize(
    "said", ["geometry(shape)", "geography(at)", "geometry", "numeric(10,2)", "st_geometry(3)"]
)
def test_everything_else_stays(said: str) -> None:
    assert (encoded(said), decoded(said)) == (said, said)


@pytest.mark.postgres
def test_places_are_imported(tmp_path: Path, databases: Databases) -> None:
    source = tmp_path / "places.sql"
    source.write_text(PLACES, encoding="utf-8")
    database, left_out = read_source(str(source), lambda: databases.fresh().superuser_url)
    imported = converge(database, "places", lambda: databases.fresh().superuser_url)
    text = imported.files["places.bds"]
    for line in (
        'at: text @db("geometry(Point,4326)")',
        'area: text? @db("geography(MultiPolygon,4326)")',
        'track: text? @db("geometry(LineStringZM)")',
        'flat: text? @db("geometry(Geometry,3857)")',
        "index using gist (at)",
    ):
        assert line in text
    assert imported.opaque == {} and "extension `postgis`: the embedded server has a stand-in" in report(
        imported, left_out
    )


_STANDING = """
create table item (
  id uuid primary key default extensions.uuid_generate_v4(), name citext, near halfvec(3), seen tsrange,
  exclude using gist (id with =, seen with &&)
);
create index near on item using hnsw (near halfvec_cosine_ops);
create index name on item using gin (name gin_trgm_ops);
create function token() returns text language sql as 'select encode(gen_random_bytes(4), ''hex'')';
"""


@pytest.mark.postgres
def test_a_script_may_stand_on_extensions_that_it_does_not_make(databases: Databases, tmp_path: Path) -> None:
    def fresh() -> str:
        return databases.fresh().superuser_url

    file = tmp_path / "standing.sql"
    file.write_text(_STANDING, encoding="utf-8")
    database, _ = read_source(str(file), fresh)
    wanted = {
        "uuid-ossp",
        "citext",
        "vector",
        "btree_gist",
        "pg_trgm",
        "pgcrypto",
    }  # one in a schema of theirs
    assert {each.name for each in database.extensions} == wanted
    imported = converge(database, "standing", fresh)
    assert imported.opaque == {}
    assert "index using hnsw (near with halfvec_cosine_ops)" in imported.files["standing.bds"]
    file.write_text("create table item (id nothing_known)", encoding="utf-8")
    with pytest.raises(BrokenScript):
        read_source(str(file), fresh)
