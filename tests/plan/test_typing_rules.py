"""Ways from each type to each other, held against what PostgreSQL knows."""

import asyncpg
import pytest

from bdc.plan.typing_rules import converted, has_cast
from tests.support.postgres import Database

pytestmark = [pytest.mark.postgres, pytest.mark.asyncio]
TYPES = [
    "smallint",
    "integer",
    "bigint",
    "numeric",
    "numeric(10,2)",
    "real",
    "double~precision",
    "boolean",
    "text",
    "character~varying(20)",
    "character(4)",
    "uuid",
    "bytea",
    "json",
    "jsonb",
    "inet",
    "cidr",
    "date",
    "time~without~time~zone",
    "time~with~time~zone",
    "timestamp~without~time~zone",
    "timestamp(3)~with~time~zone",
    "timestamp~with~time~zone",
    "interval",
    "int4range",
    "daterange",
    "tsvector",
    "bit(4)",
    "bit~varying(8)",
    "point",
    "integer[]",
    "bigint[]",
    "text[]",
    "uuid[]",
]
CASTS = """
select format_type(castsource, null), format_type(casttarget, null) from pg_cast
where castsource <> casttarget and format_type(castsource, null) = any ($1) and format_type(casttarget, null) = any ($1)
"""
# PostgreSQL has these; as texts, which rows are asked for, they fit no better.
BY_TEXT = {"point", "int4range", "bytea", "bit"}


async def test_every_type_has_a_way_to_every_other(database: Database) -> None:
    kinds = [kind.replace("~", " ") for kind in TYPES]
    connection = await asyncpg.connect(database.superuser_url)
    try:
        for old in kinds:
            for new in kinds:
                await connection.prepare(
                    f"select {converted('v', old, new, by_text=False)} from (select null::{old} as v) as t"
                )
        known = {(old, new) for old, new in await connection.fetch(CASTS, kinds)}
    finally:
        await connection.close()
    assert {pair for pair in known if not has_cast(*pair) and not BY_TEXT & set(pair)} == set()
