"""Types of other databases that Prisma knows → types of PostgreSQL, and the type that a field has there without saying one."""

from bdc.importing.prisma.parse import Call, Field
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class Provider:
    """`native`: type → type of PostgreSQL; `scalars`: what fields without a native type are there; `unsigned`: types without negative values."""

    name: str
    native: dict[str, str]
    scalars: dict[str, str]
    unsigned: frozenset[str] = frozenset()
    own_enums: bool = True


_MYSQL = Provider(
    "mysql",
    {
        "VarChar": "character varying", "Char": "character", "TinyText": "text", "Text": "text", "MediumText": "text", "LongText": "text",
        "Bit": "bit", "TinyInt": "smallint", "UnsignedTinyInt": "smallint", "SmallInt": "smallint", "UnsignedSmallInt": "integer",
        "MediumInt": "integer", "UnsignedMediumInt": "integer", "Int": "integer", "UnsignedInt": "bigint", "BigInt": "bigint",
        "UnsignedBigInt": "numeric(20,0)", "Float": "real", "Double": "double precision", "Decimal": "numeric", "Json": "jsonb",
        "Date": "date", "Time": "time", "DateTime": "timestamp", "Timestamp": "timestamptz", "Year": "smallint", "Binary": "bytea",
        "VarBinary": "bytea", "TinyBlob": "bytea", "Blob": "bytea", "MediumBlob": "bytea", "LongBlob": "bytea",
    },
    {"String": "character varying(191)", "DateTime": "timestamp(3) without time zone"},
    frozenset(["UnsignedTinyInt", "UnsignedSmallInt", "UnsignedMediumInt", "UnsignedInt", "UnsignedBigInt"]),
)  # fmt: skip
_SQLSERVER = Provider(
    "sqlserver",
    {
        "VarChar": "character varying", "NVarChar": "character varying", "Char": "character", "NChar": "character", "Text": "text",
        "NText": "text", "Xml": "xml", "TinyInt": "smallint", "SmallInt": "smallint", "Int": "integer", "BigInt": "bigint",
        "Bit": "boolean", "Decimal": "numeric", "Money": "numeric(19,4)", "SmallMoney": "numeric(10,4)", "Float": "double precision",
        "Real": "real", "Date": "date", "Time": "time", "DateTime": "timestamp(3)", "DateTime2": "timestamp", "SmallDateTime": "timestamp(0)",
        "DateTimeOffset": "timestamptz", "Binary": "bytea", "VarBinary": "bytea", "Image": "bytea", "UniqueIdentifier": "uuid",
    },
    {"String": "character varying(1000)", "Decimal": "numeric(32,16)"},
    frozenset(["TinyInt"]),
)  # fmt: skip
_SQLITE = Provider("sqlite", {}, {"Decimal": "numeric", "DateTime": "timestamp(3) without time zone"})
_MONGODB = Provider(
    "mongodb",
    {"ObjectId": "text", "String": "text", "Int": "integer", "Long": "bigint", "Double": "double precision", "Bool": "boolean",
     "Date": "timestamptz", "Timestamp": "timestamptz", "BinData": "bytea", "Json": "jsonb"},
    {},
)  # fmt: skip
_COCKROACH = Provider(
    "cockroachdb",
    {"String": "character varying", "Char": "character", "CatalogSingleChar": "character(1)", "Text": "text", "Bit": "bit", "VarBit": "bit varying",
     "Int2": "smallint", "Int4": "integer", "Int8": "bigint", "Float4": "real", "Float8": "double precision", "Decimal": "numeric",
     "Bool": "boolean", "Uuid": "uuid", "Inet": "inet", "Oid": "oid", "Date": "date", "Time": "time", "Timetz": "timetz",
     "Timestamp": "timestamp", "Timestamptz": "timestamptz", "Bytes": "bytea", "JsonB": "jsonb"},
    {"Int": "integer", "BigInt": "bigint"},
)  # fmt: skip
PROVIDERS = {each.name: each for each in (_MYSQL, _SQLSERVER, _SQLITE, _MONGODB, _COCKROACH)}


def native_type(provider: Provider, field: Field) -> str | None:
    """Return the type of PostgreSQL for the native type of a field; None where it says none that is known."""
    for name, call in field.attributes.items():
        if name.startswith("db.") and name.removeprefix("db.") in provider.native:
            return _sized(provider.native[name.removeprefix("db.")], call)
    return None


def _sized(kind: str, call: Call) -> str:
    sizes = [str(value) for _, value in call.arguments]
    if sizes and not all(size.isdigit() for size in sizes):
        return "text" if kind.startswith("char") else kind  # `Max`
    base, zone = {"timestamptz": ("timestamp", " with time zone"), "timetz": ("time", " with time zone")}.get(
        kind, (kind, " without time zone" if kind.startswith(("timestamp", "time")) else "")
    )
    takes = kind in (
        "character varying",
        "character",
        "bit",
        "bit varying",
        "numeric",
        "time",
        "timestamp",
        "timestamptz",
        "timetz",
    )
    if kind.startswith("timestamp("):
        base, zone = kind, " without time zone"
    size = f"({','.join(sizes)})" if sizes and takes and "(" not in kind else ""
    return f"{base}{size}{zone}"


def is_unsigned(provider: Provider, field: Field) -> bool:
    return any(
        name.removeprefix("db.") in provider.unsigned for name in field.attributes if name.startswith("db.")
    )
