"""Entities, enums and relationships of a JDL → tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from bdc.catalog import Check, Column, Database, ForeignKey, Index, IndexKey, Key, Table
from bdc.ddl.names import Name, quote
from bdc.ddl.printer import literal
from bdc.importing.names import field_name

_TOKEN = re.compile(
    r"/\*\*?(?P<doc>.*?)\*/|//[^\n]*|(?P<regex>/(?:\\.|[^/\\\n])+/)|(?P<string>\"[^\"]*\")|(?P<word>@?[\w.-]+)|(?P<mark>[{}(),*])|\s+|(?P<bad>.)",
    re.DOTALL,
)
_TYPES = {
    "String": "text",
    "Integer": "integer",
    "Long": "bigint",
    "BigDecimal": "numeric(21,2)",
    "Float": "real",
    "Double": "double precision",
    "Boolean": "boolean",
    "LocalDate": "date",
    "LocalTime": "time without time zone",
    "Instant": "timestamp with time zone",
    "ZonedDateTime": "timestamp with time zone",
    "Duration": "bigint",
    "UUID": "uuid",
    "Blob": "bytea",
    "AnyBlob": "bytea",
    "ImageBlob": "bytea",
    "TextBlob": "text",
}
_RULES = frozenset(
    ["required", "unique", "min", "max", "minlength", "maxlength", "minbytes", "maxbytes", "pattern"]
)
_KINDS = frozenset(["OneToMany", "ManyToOne", "OneToOne", "ManyToMany"])


class JdlError(Exception):
    """The text is no JDL; `line` says where."""

    def __init__(self, line: int, message: str) -> None:
        super().__init__(f"line {line}: {message}")
        self.line = line


@dataclass(slots=True)
class _Draft:
    name: str
    doc: str | None
    columns: list[Column]
    keys: list[ForeignKey] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    uniques: list[Key] = field(default_factory=list)


@dataclass(slots=True)
class _Reader:
    tokens: list[tuple[str, str, int]]
    at: int = 0
    enums: dict[str, list[str]] = field(default_factory=dict)
    tables: dict[str, _Draft] = field(default_factory=dict)
    left_out: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        return self.tokens[self.at][1]

    def take(self, kind: str = "") -> str:
        found, text, line = self.tokens[self.at]
        if found == "end" or (kind and found != kind and text != kind):
            raise JdlError(line, f"`{text or 'the end'}` where {kind or 'more'} is expected")
        self.at += 1
        return text

    def doc(self) -> str | None:
        if self.tokens[self.at][0] != "doc":
            return None
        lines = [line.strip().lstrip("*").strip() for line in self.take().split("\n")]
        return "\n".join(line for line in lines if line) or None


def jdl_database(text: str) -> tuple[Database, tuple[str, ...]]:
    """Return the database of a JDL, and what is left out. Raises JdlError."""
    reader = _Reader(list(_tokens(text)))
    relations: list[tuple[str, tuple[str, str | None, bool], tuple[str, str | None, bool]]] = []
    _enums_first(reader)
    doc = None  # annotations may stand between it and its entity
    while reader.tokens[reader.at][0] != "end":
        doc = reader.doc() or doc
        word = reader.take()
        match word:
            case "entity":
                _entity(reader, doc)
                doc = None
            case "enum":
                reader.take("word")
                _skip(reader)
            case "relationship":
                relations += _relationships(reader)
            case _ if word.startswith("@"):
                if reader.text == "(":
                    _skip(reader, "(", ")")
            case _:
                reader.left_out.append(f"{word} {_rest(reader)}".strip())
    for kind, left, right in relations:
        _relate(reader, kind, left, right)
    return Database(tables=tuple(_table(draft) for draft in reader.tables.values())), tuple(reader.left_out)


def _tokens(text: str) -> Iterator[tuple[str, str, int]]:
    line = 1
    for found in _TOKEN.finditer(text):
        kind = found.lastgroup
        if kind == "bad":
            raise JdlError(line, f"`{found[0]}` has no place here")
        if kind is not None and not (kind == "doc" and not found[0].startswith("/**")):
            yield kind, found[kind], line
        line += found[0].count("\n")
    yield "end", "", line


def _enums_first(reader: _Reader) -> None:
    """An entity may use an enum that stands below it."""
    for at, (kind, text, _) in enumerate(reader.tokens):
        if kind == "word" and text == "enum":
            reader.at = at + 1
            name = reader.take("word")
            reader.take("{")
            labels = []
            while reader.text != "}":
                word = reader.take()
                if word == "(":
                    reader.take()
                    reader.take(")")
                elif word != ",":
                    labels.append(word)
            reader.enums[name] = labels
    reader.at = 0


def _entity(reader: _Reader, doc: str | None) -> None:
    name = reader.take("word")
    table = field_name(name)
    if reader.text == "(":
        reader.take()
        table = reader.take("word")
        reader.take(")")
    draft = _Draft(table, doc, [Column(name="id", type="bigint", not_null=True, identity="by default")])
    reader.tables[name] = draft
    if reader.text != "{":
        return
    reader.take("{")
    while reader.text != "}":
        own = reader.doc()
        if reader.text == ",":
            reader.take()
            continue
        _field(reader, draft, own)
    reader.take("}")


def _field(reader: _Reader, draft: _Draft, doc: str | None) -> None:
    column, kind = field_name(reader.take("word")), reader.take("word")
    rules: dict[str, str] = {}
    while reader.text in _RULES:
        rule = reader.take()
        rules[rule] = ""
        if reader.text == "(":
            reader.take()
            rules[rule] = reader.take()
            reader.take(")")
    if kind not in _TYPES and kind not in reader.enums:
        reader.left_out.append(f"{draft.name}.{column}: type {kind}, taken for text")
    length = rules.get("maxlength")
    spelled = f"character varying({length})" if kind == "String" and length else _TYPES.get(kind, "text")
    draft.columns.append(
        Column(name=column, type=spelled, not_null="required" in rules, comment=doc or reader.doc())
    )
    for number, condition in enumerate(_conditions(reader, column, kind, rules)):
        suffix = f"_{number + 1}" if number else ""
        draft.checks.append(Check(name=f"{draft.name}_{column}_check{suffix}", condition=condition))
    if "unique" in rules:
        draft.uniques.append(Key(name=f"{draft.name}_{column}_key", columns=(column,)))


def _conditions(reader: _Reader, column: str, kind: str, rules: dict[str, str]) -> Iterator[str]:
    name = quote(column)
    size = f"octet_length({name})" if kind.endswith("Blob") and kind != "TextBlob" else f"char_length({name})"
    for rule, term in (
        ("min", f"{name} >="),
        ("max", f"{name} <="),
        ("minlength", f"{size} >="),
        ("maxbytes", f"{size} <="),
        ("minbytes", f"{size} >="),
    ):
        if rule in rules:
            yield f"{term} {rules[rule]}"
    if "pattern" in rules:
        yield f"{name} ~ {literal(rules['pattern'].strip('/'))}"
    if kind in reader.enums:
        yield f"{name} in ({', '.join(literal(label) for label in reader.enums[kind])})"


def _relationships(
    reader: _Reader,
) -> Iterator[tuple[str, tuple[str, str | None, bool], tuple[str, str | None, bool]]]:
    kind = reader.take("word")
    if kind not in _KINDS:
        raise JdlError(reader.tokens[reader.at - 1][2], f"`{kind}` is no kind of relationship")
    reader.take("{")
    while reader.text != "}":
        reader.doc()
        if reader.text == ",":
            reader.take()
            continue
        left = _side(reader)
        reader.take("to")
        yield kind, left, _side(reader)
        if reader.text == "with":
            reader.take()
            reader.take("word")
    reader.take("}")


def _side(reader: _Reader) -> tuple[str, str | None, bool]:
    """The entity, the name that it has for the other side, and whether it must have one."""
    reader.doc()
    entity, member, required = reader.take("word"), None, False
    if reader.text == "{":
        reader.take("{")
        member = reader.take("word")
        if reader.text == "(":
            _skip(reader, "(", ")")
        if reader.text == "required":
            required = bool(reader.take())
        reader.take("}")
    return entity, member, required


def _relate(
    reader: _Reader, kind: str, left: tuple[str, str | None, bool], right: tuple[str, str | None, bool]
) -> None:
    for side in (left[0], right[0]):
        if side not in reader.tables:
            reader.left_out.append(f"{kind} {left[0]} to {right[0]}: there is no entity {side}")
            return
    if kind == "ManyToMany":
        _join(reader, left, right)
        return
    owner, target = (right, left) if kind == "OneToMany" else (left, right)
    draft, goal = reader.tables[owner[0]], reader.tables[target[0]]
    column = f"{field_name(owner[1] or target[0])}_id"
    draft.columns.append(Column(name=column, type="bigint", not_null=owner[2]))
    draft.keys.append(_key(draft.name, column, goal.name))
    if kind == "OneToOne":
        draft.uniques.append(Key(name=f"{draft.name}_{column}_key", columns=(column,)))


def _key(table: str, column: str, target: str) -> ForeignKey:
    return ForeignKey(
        name=f"{table}_{column}_fkey", columns=(column,), target=Name(target), target_columns=("id",)
    )


def _join(reader: _Reader, left: tuple[str, str | None, bool], right: tuple[str, str | None, bool]) -> None:
    one, other = reader.tables[left[0]], reader.tables[right[0]]
    name = f"rel_{one.name}__{field_name(left[1] or right[0])}"
    columns = [f"{one.name}_id", f"{field_name(left[1] or right[0])}_id"]
    draft = _Draft(name, None, [Column(name=each, type="bigint", not_null=True) for each in columns])
    draft.keys = [_key(name, columns[0], one.name), _key(name, columns[1], other.name)]
    reader.tables[name] = draft


def _table(draft: _Draft) -> Table:
    first = draft.columns[0]
    columns = ("id",) if first.identity else tuple(column.name for column in draft.columns)
    keyed = {key.columns[0] for key in draft.uniques} | {columns[0]}
    return Table(
        name=Name(draft.name),
        columns=tuple(draft.columns),
        primary_key=Key(name=f"{draft.name}_pkey", columns=columns),
        uniques=tuple(draft.uniques),
        checks=tuple(draft.checks),
        foreign_keys=tuple(draft.keys),
        indexes=tuple(
            Index(name=f"{draft.name}_{key.columns[0]}_idx", keys=(IndexKey(column=key.columns[0]),))
            for key in draft.keys
            if key.columns[0] not in keyed
        ),
        comment=draft.doc,
    )


def _skip(reader: _Reader, opening: str = "{", closing: str = "}") -> None:
    depth = 0
    while True:
        text = reader.take()
        depth += {opening: 1, closing: -1}.get(text, 0)
        if depth == 0:
            return


def _rest(reader: _Reader) -> str:
    """What is left of an option: up to the end of its line, with the block that it may have."""
    line, words = reader.tokens[reader.at - 1][2], []
    while reader.tokens[reader.at][0] != "end" and reader.tokens[reader.at][2] == line:
        if reader.text == "{":
            _skip(reader)
            break
        words.append(reader.take())
    return " ".join(words)
