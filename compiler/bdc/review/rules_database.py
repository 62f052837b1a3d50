"""Database: types, keys and indexes that are dear or wrong later."""

import re
from collections.abc import Iterator

from bdc.ir import Call, ReferenceField, Scalar, ScalarField, Stamp
from bdc.review.rule import Hit, Rule, Subject, scalar

_MONEY = re.compile(r"(^|_)(price|amount|total|balance|cost|fee|tax|salary)(_|$)")
_MOST_INDEXES = 10


def inexact_money(subject: Subject) -> Iterator[Hit]:
    for entity, field in subject.fields():
        if scalar(field) is Scalar.FLOAT and _MONEY.search(field.name):
            yield Hit(f"{entity.name}.{field.name}", field.origin)


def no_creation_time(subject: Subject) -> Iterator[Hit]:
    for entity in subject.entities:
        if not any(getattr(field, "stamp", None) is Stamp.CREATED for field in entity.fields):
            yield Hit(entity.name, entity.origin)


def unindexed_reference(subject: Subject) -> Iterator[Hit]:
    for entity, field in subject.fields():
        if not isinstance(field, ReferenceField) or field.tenant or field.carriers:
            continue
        table = subject.system.table_of(entity.name)
        keys = [[key.column for key in index.keys] for index in table.indexes if index.where is None]
        keys += [list(unique.columns) for unique in table.uniques]
        keys += [list(table.primary_key.columns)] if table.primary_key else []
        leading = {tuple(each[: len(field.columns)]) for each in keys} | {tuple(each[:1]) for each in keys}
        if tuple(field.columns) not in leading and (field.column,) not in leading:
            yield Hit(f"{entity.name}.{field.name}", field.origin)


def large_cascade(subject: Subject) -> Iterator[Hit]:
    for entity, field in subject.fields():
        cascades = isinstance(field, ReferenceField) and field.on_delete == "cascade"
        if cascades and entity.owner is None and subject.big(entity.name, 1_000_000):
            yield Hit(f"{entity.name}.{field.name}", field.origin)


def small_key(subject: Subject) -> Iterator[Hit]:
    for entity in subject.entities:
        key = entity.numbered_key
        if key is not None and scalar(key) is Scalar.INT and subject.big(entity.name, 500_000_000):
            yield Hit(entity.name, entity.origin)


def one_large_table(subject: Subject) -> Iterator[Hit]:
    for entity in subject.entities:
        if (
            subject.big(entity.name, 500_000_000)
            and subject.system.table_of(entity.name).partitioning is None
        ):
            yield Hit(f"{entity.name}: {subject.rows[entity.name]:,} rows", entity.origin)


def unknown_flag(subject: Subject) -> Iterator[Hit]:
    for entity, field in subject.fields():
        if scalar(field) is Scalar.BOOL and isinstance(field, ScalarField) and field.nullable:
            yield Hit(f"{entity.name}.{field.name}", field.origin)


def redundant_index(subject: Subject) -> Iterator[Hit]:
    for table in subject.system.tables:
        plain = [
            index
            for index in table.indexes
            if index.where is None and index.method == "btree" and not index.include
        ]
        keys = {index.name: [(key.column, key.descending) for key in index.keys] for index in plain}
        for index in plain:
            mine = keys[index.name]
            longer = [
                name for name, other in keys.items() if len(other) > len(mine) and other[: len(mine)] == mine
            ]
            if longer and all(column for column, _ in mine):
                yield Hit(
                    f"{table.entity}: {index.name} is the beginning of {longer[0]}",
                    index.origin or table.origin,
                )


def many_indexes(subject: Subject) -> Iterator[Hit]:
    for table in subject.system.tables:
        if len(table.indexes) > _MOST_INDEXES:
            yield Hit(f"{table.entity}: {len(table.indexes)} indexes", table.origin)


def random_key(subject: Subject) -> Iterator[Hit]:
    for entity in subject.entities:
        for name in entity.key:
            field = entity.field(name)
            default = getattr(field, "default", None)
            if (
                isinstance(default, Call)
                and default.function == "uuid4"
                and subject.big(entity.name, 1_000_000)
            ):
                yield Hit(f"{entity.name}.{name}", field.origin)


def optional_in_unique(subject: Subject) -> Iterator[Hit]:
    for table in subject.system.tables:
        for unique in table.uniques:
            optional = [name for name in unique.columns if table.column(name).nullable]
            if optional and not unique.nulls_not_distinct and unique.where is None:
                yield Hit(f"{table.entity}: {', '.join(optional)}", unique.origin or table.origin)


def lost_updates(subject: Subject) -> Iterator[Hit]:
    for _, resource in subject.resources():
        entity = subject.system.entity(resource.entity)
        if "update" in resource.operations and not entity.versioned:
            yield Hit(entity.name, entity.origin)


def optional_cascade(subject: Subject) -> Iterator[Hit]:
    for entity, field in subject.fields():
        if isinstance(field, ReferenceField) and field.nullable and field.on_delete == "cascade":
            yield Hit(f"{entity.name}.{field.name}", field.origin)


def unbounded_decimal(subject: Subject) -> Iterator[Hit]:
    for entity, field in subject.fields():
        if (
            scalar(field) is Scalar.DECIMAL
            and getattr(getattr(field, "type", None), "precision", None) is None
        ):
            yield Hit(f"{entity.name}.{field.name}", field.origin)


_LINE = "  quantity: int(1..999)\n"
DATABASE: tuple[Rule, ...] = (
    Rule("D01", "money is a float", "0.1 + 0.2 is not 0.3: sums of floats are wrong by cents.",
         "Write `decimal(12, 2)`.", 3, inexact_money, (("  price: decimal(12, 2)", "  price: float"),)),
    Rule("D02", "rows do not say when they were made", "Support, exports and incremental reads all ask for it, and it cannot be added afterwards.",
         "Add `with Timestamps`.", 1, no_creation_time, (("  created_at: timestamp = now() @stamp(created)\n", ""),)),
    Rule("D03", "a reference has no index", "Deleting the other row, and reading from it, scans the whole table.",
         "Remove `@unindexed`, or write an index.", 2, unindexed_reference, (("  buyer: User @on_delete(restrict)", "  buyer: User @on_delete(restrict) @unindexed"),)),
    Rule("D04", "a deletion takes many rows along", "Deleting one row deletes an unbounded number of rows in one transaction.",
         "Write `@on_delete(restrict)`, and delete in portions.", 2, large_cascade, (("  buyer: User @on_delete(restrict)", "  buyer: User @on_delete(cascade)"),)),
    Rule("D05", "keys of four bytes run out", "An int ends at 2,147,483,647.", "Write `bigint`.", 3, small_key,
         (("entity Line with Tenanted, Timestamps @versioned {\n  id: uuid = uuid7() @id", "entity Line with Tenanted, Timestamps @versioned {\n  id: int @id @identity"), ("  Line: 20_000_000 rows", "  Line: 900_000_000 rows"))),
    Rule("D06", "a table is very large and in one piece", "Vacuum, index builds and restores take hours for one table.",
         "Partition it: `@partition(range, created_at)`.", 2, one_large_table, (("  Line: 20_000_000 rows", "  Line: 900_000_000 rows"),)),
    Rule("D07", "a flag can be null", "It has three values, and `not flag` is not true for null.",
         "Write `bool = false`.", 1, unknown_flag, (("  urgent: bool = false", "  urgent: bool?"),)),
    Rule("D08", "an index is the beginning of another", "The longer one serves every read of the shorter one; each write pays for both.",
         "Remove the shorter one.", 1, redundant_index, (("  index (org, created_at desc)\n", "  index (org, created_at desc)\n  index (org, created_at desc, number)\n"),)),
    Rule("D09", "a table has many indexes", "Each write updates all of them, and HOT updates become rare.",
         "Remove those that no list uses; `bdc check --plans` shows which serve.", 1, many_indexes,
         ((_LINE, _LINE + "".join(f"  n{n}: int = 0\n  index (org, n{n}, price)\n" for n in range(11))),)),
    Rule("D10", "keys are random", "Random uuids are inserted all over the index: it does not fit into memory, and the write-ahead log grows.",
         "Write `uuid7()`.", 2, random_key,
         (("entity Order with Tenanted, Timestamps @versioned @audited {\n  id: uuid = uuid7() @id", "entity Order with Tenanted, Timestamps @versioned @audited {\n  id: uuid = uuid4() @id"),)),
    Rule("D11", "a unique key can be null", "Nulls are different from each other: any number of rows may have none.",
         "Make the field required, or write `@nulls_not_distinct`.", 1, optional_in_unique, (("  unique (org, number)", "  unique (org, number)\n  unique (org, note)"),)),
    Rule("D13", "updates can be lost", "Two clients that read the same row both write; the first change is overwritten.",
         "Write `@versioned`: updates then need If-Match.", 2, lost_updates, (("entity Order with Tenanted, Timestamps @versioned @audited", "entity Order with Tenanted, Timestamps @audited"),)),
    Rule("D14", "an optional reference deletes its row", "The row can live without the other one, and still is deleted with it.",
         "Write `@on_delete(set_null)`.", 1, optional_cascade, ((_LINE, _LINE + "  checker: User? @on_delete(cascade)\n"),)),
    Rule("D15", "a decimal has no precision", "Values of a thousand digits are stored, and clients round them.",
         "Write `decimal(12, 2)`.", 1, unbounded_decimal, (("  price: decimal(12, 2)", "  price: decimal"),)),
)  # fmt: skip
