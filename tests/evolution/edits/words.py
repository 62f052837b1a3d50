"""Words that names begin with, types, roles: what the edits choose from."""

TABLE_WORDS = ("customer", "invoice", "item", "note", "parcel", "team", "visit")
COLUMN_WORDS = ("amount", "code", "level", "mark", "name", "place", "since", "size", "title")
SCHEMA = "extra"
READER, WRITER = "evolution_reader", "evolution_writer"

PLAIN_TYPES = (
    "bigint", "boolean", "character varying(40)", "character varying(80)", "date", "double precision", "integer", "integer",
    "json", "jsonb", "numeric(10,2)", "numeric(12,4)", "smallint", "text", "text", "text", "text[]", "timestamp with time zone",
    "timestamp(3) without time zone", "uuid", "int4range",
)  # fmt: skip

NUMBERS = ("bigint", "integer", "numeric(10,2)", "numeric(12,4)", "smallint", "double precision")
TEXTS = ("text", "character varying(40)", "character varying(80)")

# What a new required column may have by default, and what old rows may get.
CONSTANTS = {
    "bigint": "0",
    "boolean": "false",
    "character varying(40)": "'none'",
    "character varying(80)": "'none'",
    "date": "'2026-01-01'",
    "double precision": "0",
    "integer": "0",
    "json": "'{}'",
    "jsonb": "'{}'",
    "numeric(10,2)": "0",
    "numeric(12,4)": "0",
    "smallint": "0",
    "text": "''",
    "text[]": "'{}'",
    "timestamp with time zone": "'2026-01-01 00:00:00+00'",
    "timestamp(3) without time zone": "'2026-01-01 00:00:00'",
    "uuid": "'00000000-0000-0000-0000-000000000000'",
    "int4range": "'empty'",
}
VOLATILE = {
    "uuid": "gen_random_uuid()",
    "timestamp with time zone": "clock_timestamp()",
    "double precision": "random()",
}
