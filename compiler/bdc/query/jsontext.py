"""Columns as JSON text. Text concatenation is the fastest way that PostgreSQL has to write JSON: no value is looked up by
type at run time, and what needs no escaping is copied."""

from bdc.ir import ArrayType, EnumType, Scalar, ScalarType, StructType, Type, vector_length
from bdc.source.records import dataclass

_KINDS = {
    Scalar.INT: "number",
    Scalar.BIGINT: "number",
    Scalar.FLOAT: "time",  # to_json writes what JSON cannot (NaN) as a string
    Scalar.BOOL: "bool",
    Scalar.UUID: "plain",
    Scalar.DECIMAL: "plain",
    Scalar.BYTES: "bytes",
    Scalar.STRING: "string",
    Scalar.TEXT: "string",
    Scalar.DATE: "time",
    Scalar.TIME: "time",
    Scalar.TIMESTAMP: "time",
    Scalar.DURATION: "time",
    Scalar.JSON: "raw",
}
# Arguments of one function call are limited to 100.
MAX_ARGUMENTS = 90


@dataclass(frozen=True, slots=True)
class JsonText:
    """`prefix`, then the value of the SQL expression `text` (never null), then `suffix`."""

    prefix: str
    text: str
    suffix: str


def json_kind(logical: Type) -> str:
    """Return how a value of this type is written in JSON."""
    match logical:
        case ScalarType(scalar=scalar):
            return _KINDS[scalar]
        case EnumType(db=db, labelled=labelled):
            return "plain" if db is None and not labelled else "string"
        case StructType() | ArrayType(item=StructType()):
            return "raw"
        case ArrayType() if vector_length(logical) is not None:
            return "raw"  # the text of a vector is a JSON list
        case ArrayType(item=ScalarType(scalar=Scalar.DECIMAL)):
            return "decimals"
        case ArrayType(item=ScalarType(scalar=Scalar.BYTES)):
            return "bytes_list"
        case ArrayType():
            return "array"
    raise TypeError(repr(logical))


def json_text(kind: str, sql: str, nullable: bool) -> JsonText:
    """Return the JSON text of a value that `sql` computes."""
    match kind:
        case "plain" | "bytes":
            value = sql if kind == "plain" else base64_text(sql)
            if nullable:
                return JsonText("", f"coalesce('\"' || {value} || '\"', 'null')", "")
            return JsonText('"', value, '"')
        case "number" if not nullable:
            return JsonText("", sql, "")
        case "number" | "bool" | "raw":
            text = f"({sql})::text"
        case "decimals":
            text = f"to_json(({sql})::text[])::text"
        case "bytes_list":
            text = f"({base64_list(sql)})::text"
        case _:
            text = f"to_json({sql})::text" if nullable else f"to_json({sql})"
    return JsonText("", f"coalesce({text}, 'null')" if nullable else text, "")


def base64_text(sql: str) -> str:
    """Return SQL of the base64 of bytes, in one line."""
    return f"translate(encode({sql}, 'base64'), chr(10), '')"


def base64_list(sql: str) -> str:
    """Return SQL of a JSON list of the base64 of each item; null for no list."""
    listed = f"coalesce(json_agg({base64_text('b.v')} order by b.n), '[]')"
    items = f"unnest({sql}) with ordinality as b(v, n)"
    return f"case when ({sql}) is not null then (select {listed} from {items}) end"


def literal(text: str) -> str:
    """Return an SQL string constant."""
    return "'" + text.replace("'", "''") + "'"


class TextBuilder:
    """Collects pieces of text, constant and computed, into one SQL expression."""

    def __init__(self) -> None:
        self._arguments: list[str] = []
        self._constant = ""

    def add(self, constant: str) -> None:
        self._constant += constant

    def compute(self, value: JsonText) -> None:
        self._constant += value.prefix
        self._flush()
        self._arguments.append(value.text)
        self._constant = value.suffix

    def sql(self) -> str:
        """Return the expression: never null as long as its pieces are not."""
        self._flush()
        return concatenate(self._arguments)

    def _flush(self) -> None:
        if self._constant:
            self._arguments.append(literal(self._constant))
            self._constant = ""


def concatenate(arguments: list[str]) -> str:
    if len(arguments) > MAX_ARGUMENTS:
        chunks = [
            arguments[start : start + MAX_ARGUMENTS] for start in range(0, len(arguments), MAX_ARGUMENTS)
        ]
        return concatenate([concatenate(chunk) for chunk in chunks])
    return f"concat({', '.join(arguments)})"
