"""What the SQL that people wrote for one step says about names and rows: renames, conversions, what rows were given. This is what
they would have written into a specification; all else follows from the two states."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

_NAME = r'(?:"[^"]+"|[A-Za-z_]\w*)'
_TABLE = rf"(?:(?:public|\"public\")\.)?({_NAME})"
_ALTER = re.compile(rf"alter\s+table\s+(?:if\s+exists\s+)?(?:only\s+)?{_TABLE}\s+(.*)", re.I | re.S)
_RENAME_TABLE = re.compile(rf"rename\s+to\s+({_NAME})\s*$", re.I)
_RENAME_CONSTRAINT = re.compile(rf"rename\s+constraint\s+({_NAME})\s+to\s+({_NAME})\s*$", re.I)
_RENAME_COLUMN = re.compile(rf"rename\s+(?:column\s+)?({_NAME})\s+to\s+({_NAME})\s*$", re.I)
_RENAME_OTHER = re.compile(
    rf"alter\s+(index|type|view)\s+(?:if\s+exists\s+)?{_TABLE}\s+rename\s+to\s+({_NAME})\s*$", re.I
)
_RENAME_VALUE = re.compile(rf"alter\s+type\s+{_TABLE}\s+rename\s+value\s+'([^']+)'\s+to\s+'([^']+)'", re.I)
_USING = re.compile(
    rf"alter\s+(?:column\s+)?({_NAME})\s+(?:set\s+data\s+)?type\s+.*?\susing\s+(.*)", re.I | re.S
)
_ADD = re.compile(rf"add\s+(?:column\s+)(?:if\s+not\s+exists\s+)?({_NAME})\s", re.I)
_DROP = re.compile(rf"drop\s+(?:column\s+)(?:if\s+exists\s+)?({_NAME})", re.I)
_UPDATE = re.compile(rf"update\s+{_TABLE}\s+set\s+(.*)", re.I | re.S)
_SET = re.compile(rf"\s*({_NAME})\s*=(?!=)\s*(.*)", re.S)
_WHERE = re.compile(r"\bwhere\b", re.I)
_FROM = re.compile(r"\bfrom\b", re.I)
_TOKEN = re.compile(r"--[^\n]*|/\*.*?\*/|'(?:[^']|'')*'|\"[^\"]*\"|(\$\w*\$).*?\1|;|.", re.S)


@dataclass
class Told:
    """`tables`, `types`, `views`, `indexes`: old name → new. `columns`, `constraints`: table (its name then) and old name → new. `values`:
    type and old label → new. `using`: table and column → conversion. `given`: table and column → what an UPDATE wrote. `anew`: columns
    dropped and added again."""

    tables: dict[str, str] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)
    indexes: dict[str, str] = field(default_factory=dict)
    columns: dict[tuple[str, str], str] = field(default_factory=dict)
    constraints: dict[tuple[str, str], str] = field(default_factory=dict)
    values: dict[tuple[str, str], str] = field(default_factory=dict)
    using: dict[tuple[str, str], str] = field(default_factory=dict)
    given: dict[tuple[str, str], str] = field(default_factory=dict)
    anew: set[tuple[str, str]] = field(default_factory=set)


def statements(script: str) -> Iterator[str]:
    """Yield the statements, without comments."""
    current = ""
    for found in _TOKEN.finditer(script):
        text = found[0]
        if text == ";":
            yield current.strip()
            current = ""
        elif not text.startswith(("--", "/*")):
            current += text
    yield current.strip()


def told(script: str) -> Told:
    """Return what the script says."""
    found, dropped = Told(), set[tuple[str, str]]()
    for statement in statements(script):
        _other(statement, found)
        if (update := _UPDATE.match(statement)) is not None:
            _given(bare(update[1]), update[2], found)
        if (alter := _ALTER.match(statement)) is not None:
            for clause in clauses(alter[2]):
                _clause(bare(alter[1]), clause.strip(), found, dropped)
    return found


def _other(statement: str, found: Told) -> None:
    if (value := _RENAME_VALUE.match(statement)) is not None:
        found.values[bare(value[1]), value[2]] = value[3]
    if (other := _RENAME_OTHER.match(statement)) is not None:
        kept = {"index": found.indexes, "type": found.types, "view": found.views}[other[1].lower()]
        kept[bare(other[2])] = bare(other[3])


def _clause(table: str, clause: str, found: Told, dropped: set[tuple[str, str]]) -> None:
    if (name := _RENAME_TABLE.match(clause)) is not None:
        found.tables[table] = bare(name[1])
    elif (names := _RENAME_CONSTRAINT.match(clause)) is not None:
        found.constraints[table, bare(names[1])] = bare(names[2])
    elif (names := _RENAME_COLUMN.match(clause)) is not None:
        found.columns[table, bare(names[1])] = bare(names[2])
    elif (using := _USING.match(clause)) is not None:
        found.using[table, bare(using[1])] = using[2].strip()
    elif (gone := _DROP.match(clause)) is not None:
        dropped.add((table, bare(gone[1])))
    elif (added := _ADD.match(clause)) is not None and (table, bare(added[1])) in dropped:
        found.anew.add((table, bare(added[1])))


def _given(table: str, rest: str, found: Told) -> None:
    """An UPDATE of its own columns. One that reads other tables is beyond an expression over the row."""
    sets, *where = _WHERE.split(rest, maxsplit=1)
    if _FROM.search(sets):
        return
    for clause in clauses(sets):
        if (pair := _SET.match(clause)) is None:
            continue
        column, value = bare(pair[1]), pair[2].strip()
        whole = f"case when {where[0].strip()} then {value} else {pair[1]} end" if where else value
        found.given[table, column] = whole


def clauses(text: str) -> Iterator[str]:
    """Split at the commas that stand in no parentheses and in no text."""
    depth, current = 0, ""
    for found in _TOKEN.finditer(text):
        piece = found[0]
        depth += (piece in "([") - (piece in ")]")
        if piece == "," and depth == 0:
            yield current
            current = ""
        else:
            current += piece
    yield current


def bare(name: str) -> str:
    """Return a name as the catalog has it."""
    return name[1:-1] if name.startswith('"') else name.lower()
