"""What is said in the language and what is not, and under which names."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import field

from bdc.catalog import Database, Domain, EnumType, ForeignKey, Index, IndexKey, Sequence, Table
from bdc.catalog.create import domains_in_order
from bdc.ddl.names import LONGEST, Name, full, qualified, quote
from bdc.importing.names import Unique, entity_name, field_name, type_name, value_name
from bdc.importing.text import quoted
from bdc.importing.types import FieldType, domain_type
from bdc.source.records import dataclass

_COLUMN = r'(?:[a-z_][a-z0-9_$]*|"(?:[^"]|"")+")'
_PARTITION_KEY = re.compile(rf"(RANGE|LIST|HASH) \(({_COLUMN}(?:, {_COLUMN})*)\)\Z")


@dataclass(slots=True)
class Scope:
    """Names of a whole import. `opaque`: paths of what is left to SQL; `parts`: partitions that are said, by their whole; `types`: enums
    and domains that are said, by how PostgreSQL spells them; `marks`: attributes of fields that no catalog holds."""

    database: Database
    opaque: frozenset[str]
    entities: dict[Name, str] = field(default_factory=dict)
    parts: dict[Name, tuple[Table, ...]] = field(default_factory=dict)
    enums: dict[Name, str] = field(default_factory=dict)
    domains: dict[Name, str] = field(default_factory=dict)
    types: dict[str, FieldType] = field(default_factory=dict)
    references: dict[Name, dict[str, "Reference"]] = field(default_factory=dict)
    fields: dict[Name, dict[str, str]] = field(default_factory=dict)
    serials: dict[tuple[Name, str], Sequence] = field(default_factory=dict)
    marks: Mapping[tuple[Name, str], str] = field(default_factory=dict)

    def is_said(self, path: str) -> bool:
        return path not in self.opaque

    def names(self, table: Table) -> "Names":
        return Names(table, self.is_said(f"{table_path(table.name)}, names"))

    def table(self, name: Name) -> Table:
        return self.database.table(name)

    @property
    def said_parts(self) -> tuple[Table, ...]:
        """Partitions that the entity of their whole says."""
        return tuple(part for parts in self.parts.values() for part in parts)


@dataclass(frozen=True, slots=True)
class Names:
    """Names that PostgreSQL gives to keys of a table without a written name; `usual`: they are left unsaid."""

    table: Table
    usual: bool

    def said(self, name: str, columns: Iterable[str], suffix: str) -> str:
        """Return the attribute that says `name`, nothing where it follows from the columns."""
        follows = "_".join((self.table.name.name, *columns, suffix))
        return (
            ""
            if self.usual and name == follows and len(name.encode()) <= LONGEST
            else f"@name({quoted(name)})"
        )

    def has_index(self, column: str) -> Index | None:
        """Return the index that a reference would make by itself, where it is there under its usual name."""
        name = f"{self.table.name.name}_{column}_idx"
        keys = [found.columns[0] for found in (self.table.primary_key, *self.table.uniques) if found]
        others = [index.keys[0].column for index in self.table.indexes if index.name != name]
        if column in (*keys, *others):
            return None  # what begins with the column serves the reference
        plain = Index(name=name, keys=(IndexKey(column=column),))
        return plain if self.usual and plain in self.table.indexes else None


@dataclass(frozen=True, slots=True)
class Reference:
    """A foreign key as a field. `inline`: it stands in the place of its column."""

    key: ForeignKey
    field: str
    inline: bool


def table_path(name: Name) -> str:
    return f"table {qualified(name)}"


def member_path(table: Name, kind: str, name: str) -> str:
    return f"{table_path(table)}, {kind} {quote(name)}"


_BODY = ", body"


def routine_path(name: Name, signature: str) -> str:
    """Return the path of what a routine does: opaque where it names what does not exist, and unchecked then."""
    return f"routine {qualified(name)}{signature}{_BODY}"


def is_body(path: str) -> bool:
    """Return whether the path is one of `routine_path`."""
    return path.startswith("routine ") and path.endswith(_BODY)


def is_unread(scope: Scope, path: str | None) -> bool:
    """Return whether the routine at the path is carried as it is."""
    return path is not None and not scope.is_said(path)


def scope_of(
    database: Database, opaque: frozenset[str], marks: Mapping[tuple[Name, str], str] | None = None
) -> Scope:
    """Give every object that the language says its name."""
    scope = Scope(database, opaque, marks=marks or {})
    names = Unique()
    for table in database.tables:
        if scope.is_said(table_path(table.name)) and table.parent is None and _is_in_one_way(table):
            own = entity_name(table.name.name)
            scope.entities[table.name] = names.take(own, type_name(f"{table.name.schema or ''}_{own}"))
            scope.parts[table.name] = tuple(_said_parts(scope, table))
    _name_types(scope, names)
    for sequence in database.sequences:
        if sequence.owner is not None and _is_serial(scope, sequence):
            scope.serials[sequence.owner] = sequence
    for name in scope.entities:
        _name_fields(scope, scope.table(name))
    return scope


def partition_key(table: Table) -> tuple[str, tuple[str, ...]] | None:
    """Return how the rows of a partitioned table are told apart: the method, and the columns; None where that is no matter of columns
    alone, or the table is in one piece."""
    found = _PARTITION_KEY.match(table.partition_by or "")
    if found is None:
        return None
    named = [each.strip('"').replace('""', '"') for each in re.findall(_COLUMN, found[2])]
    return found[1].lower(), tuple(named)


def _is_in_one_way(table: Table) -> bool:
    return table.partition_by is None or partition_key(table) is not None


def _said_parts(scope: Scope, whole: Table) -> Iterator[Table]:
    """Parts beside their whole that are in one piece."""
    for table in scope.database.tables:
        plain = table.partition_by is None and table.name.schema == whole.name.schema
        if table.parent == whole.name and plain and scope.is_said(table_path(table.name)):
            yield table


def _name_types(scope: Scope, names: Unique) -> None:
    for enum in scope.database.enums:
        if scope.is_said(f"enum {qualified(enum.name)}") and _sayable(enum):
            said = names.take(type_name(enum.name.name), type_name(f"{enum.name.name}_kind"))
            scope.enums[enum.name] = said
            scope.types[qualified(enum.name)] = FieldType(said)
    early, _ = domains_in_order(scope.database)
    for domain in early:
        stands_on = domain_type(domain.type)
        if scope.is_said(f"domain {qualified(domain.name)}") and stands_on and _is_plain(domain):
            said = names.take(type_name(domain.name.name), type_name(f"{domain.name.name}_type"))
            scope.domains[domain.name] = said
            scope.types[qualified(domain.name)] = FieldType(said, of=stands_on.logical)


def _is_plain(domain: Domain) -> bool:
    """Whether the language says all of it."""
    checks = all(check.valid and check.comment is None for check in domain.checks)
    named = all(value_name(name) == name for name, _ in domain_checks(domain) if name is not None)
    return checks and named and domain.default is None and domain.collation is None


def domain_checks(domain: Domain) -> list[tuple[str | None, str]]:
    """Return the conditions of a domain, with their names where those are not PostgreSQL's own; it counts."""
    found: list[tuple[str | None, str]] = []
    number = 0
    for check in domain.checks:
        usual = check.name == f"{domain.name.name}_check{number or ''}"
        found.append((None if usual else check.name, check.condition))
        number += usual
    return found


def _sayable(enum: EnumType) -> bool:
    return bool(enum.labels)


def _is_serial(scope: Scope, sequence: Sequence) -> bool:
    """Whether a column counts with it, as `serial` would: nothing said about it but its name and options."""
    assert sequence.owner is not None
    table, column = sequence.owner
    if table not in scope.entities or sequence.rights or sequence.comment:
        return False
    found = scope.table(table).column(column)
    calls = {f"nextval('{name}'::regclass)" for name in (qualified(sequence.name), full(sequence.name))}
    return found.default in calls and found.type == sequence.type and found.not_null


def _name_fields(scope: Scope, table: Table) -> None:
    """Fields of columns, and of foreign keys: one in the place of its only column, or one beside the columns that carry it."""
    taken = Unique()
    by_column = {
        key.columns[0]: key for key in reversed(_said_keys(scope, table)) if _is_inline(scope, table, key)
    }
    fields: dict[str, str] = {}
    references: dict[str, Reference] = {}
    for column in table.columns:
        key = by_column.get(column.name)
        wanted = field_name(column.name)
        fields[column.name] = taken.take(
            *([_reference_name(column.name)] if key else []), wanted, f"{wanted}_value"
        )
        if key:
            references[key.name] = Reference(key, fields[column.name], True)
    for key in _said_keys(scope, table):
        if key.name not in references:
            wanted = _reference_name(key.columns[-1])
            target = field_name(scope.entities[key.target])
            references[key.name] = Reference(
                key, taken.take(wanted, f"{wanted}_{target}", f"{target}_ref"), False
            )
    scope.fields[table.name] = fields
    scope.references[table.name] = references


def _said_keys(scope: Scope, table: Table) -> list[ForeignKey]:
    return [key for key in table.foreign_keys if _is_said(scope, table, key)]


def _is_said(scope: Scope, table: Table, key: ForeignKey) -> bool:
    if key.target not in scope.entities or not key.valid or key.set_null_columns or key.comment is not None:
        return False
    target = scope.table(key.target)
    if not _leads_to_key(target, key) or not scope.is_said(member_path(table.name, "foreign key", key.name)):
        return False
    pairs = zip(key.columns, key.target_columns, strict=True)
    return all(table.column(own).type == target.column(other).type for own, other in pairs)


def _leads_to_key(target: Table, key: ForeignKey) -> bool:
    """Whether the columns are the primary key or a unique constraint that is said, in that order."""
    keys = [found for found in (target.primary_key, *target.uniques) if found is not None]
    return any(found.columns == key.target_columns and not found.include for found in keys)


def _is_inline(scope: Scope, table: Table, key: ForeignKey) -> bool:
    """Whether the reference says all that there is to say about its column."""
    if len(key.columns) != 1:
        return False
    column = table.column(key.columns[0])
    only_key = table.primary_key is not None and table.primary_key.columns == (column.name,)
    plain = column.default is None and column.identity is None and column.generated is None
    return plain and column.collation is None and not only_key and _plain_target(scope, key)


def _plain_target(scope: Scope, key: ForeignKey) -> bool:
    target = scope.table(key.target).column(key.target_columns[0])
    return target.collation is None


def _reference_name(column: str) -> str:
    name = field_name(column)
    for suffix in ("_id", "_uuid", "_fk"):
        if name.endswith(suffix) and len(name) > len(suffix):
            return name.removesuffix(suffix)
    return name
