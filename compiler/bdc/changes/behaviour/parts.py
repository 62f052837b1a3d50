"""Which module reports which member of the IR: the table behind the law that every difference is reported.

A member that is not listed is reported as `behaviour.other-changed`. Members whose change affects no caller, row or operator are `SILENT`,
each with the reason.
"""

SILENT = {
    "*.doc": "a comment",
    "*.origin": "where it is written",
    "*.was": "words of a rename, told as the rename",
    "*.since": "what each version of an api shows, told by the surface",
    "*.removed": "what each version of an api shows, told by the surface",
    "Api.called": "the name of an api, told with it",
    "Entity.projects": "follows from what apis offer",
    "Entity.again": "follows from what apis offer",
    "SystemIR.projections": "follow from what apis offer",
    "*.dropped": "words of a removal, told as the removal",
    "*.backfill": "what old rows get, shown by the plan",
    "Column.fallback": "what old rows get, shown by the plan",
    "EnumDecl.native_was": "words of a rename",
    "Entity.module": "where it is written",
    "Entity.restore_deleted": "words of a removal, told with soft deletion",
    "PolicyRule.id": "follows from the order of the rules",
    "PolicyRule.because": "words for the caller that is refused",
    "ScalarField.examples": "examples in the description of the api",
    "ScalarType.alias": "the name under which a type is written",
    "ScalarType.domain": "told with the domain",
    "SystemIR.ir_version": "the release of bdc",
    "SystemIR.title": "the heading of documents",
    "SystemIR.load": "how large plans are tried at",
    "SystemIR.seeds": "rows of development and tests",
    "SystemIR.scenarios": "tests",
}
STORED = {
    "ArrayType.db",
    "Column.identity",
    "Column.numbering",
    "Column.sequence",
    "Column.virtual",
    "DomainDecl.domain",
    "Exclusion.method",
    "DomainDecl.schema_name",
    "EnumDecl.native",
    "EnumDecl.schema_name",
    "EnumType.db",
    "Entity.schema_name",
    "Entity.table",
    "ForeignKey.name",
    "PrimaryKey.name",
    "ScalarType.db",
    "StructType.db",
    "Table.indexes",
    "Table.name",
    "Table.partitioning",
    "Table.schema_name",
    "Table.storage",
    "Table.unlogged",
    "UniqueKey.deferrable",
    "UniqueKey.include",
    "UniqueKey.index",
    "UniqueKey.name",
    "UniqueKey.options",
    "View.materialized",
}
# Every member of these is told by the surface that shows it, or (tables, columns) with the field that it follows from; the law of
# `tests/changes` changes each of them and looks for a word.
TOLD_PARTS = (
    "apis",
    "deploys",
    "errors",
    "events",
    "externals",
    "identity",
    "jobs",
    "consumers",
    "receivers",
    "sources",
    "stream",
    "tables",
    "views",
    "webhooks",
)
STORED_NODES = {"Index", "IndexKey", "Partition", "Partitioning", "Embedded"}
# Compared by what they mean: the same in another form is no change.
MEANT = {"Check.expr", "Role.condition", "SqlBody.sql", "SqlBlock.sql"}


def is_silent(kind: str) -> bool:
    """Whether `kind` (`Entity.module`) is met by no caller, row or operator."""
    return kind in SILENT or f"*.{kind.partition('.')[2]}" in SILENT


def is_stored(kind: str) -> bool:
    """Whether `kind` is about how the database stores it."""
    return kind in STORED or kind.partition(".")[0] in STORED_NODES
