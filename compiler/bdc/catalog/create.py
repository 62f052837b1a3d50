"""A database → the statements that make it from nothing."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from itertools import groupby

from bdc.catalog import objects, tables
from bdc.catalog.own_columns import own_columns
from bdc.ddl import nodes
from bdc.ddl.names import Name, full, qualified, quote

# The type of a parameter or result in what PostgreSQL writes; a parameter's own name is followed by its type.
_WORD = re.compile(r'"(?:[^"]|"")+"|\w+')
_TYPE = re.compile(r'(?:[\w"]+\.)?[\w"]+(?=[),\n\[]| DEFAULT)')


def create(database: objects.Database) -> Iterator[nodes.Statement]:
    """Yield what makes every object, in an order that works with `check_function_bodies = off`: routines come before tables, since
    defaults and checks call them, except for those whose signature names a table's row. Statements that are understood are objects."""
    from bdc.catalog.lifting import lifted

    database = lifted(database)
    for schema in database.schemas:
        if schema.name != "public":
            yield nodes.CreateSchema(schema.name)
        yield from _grants("schema", Name(schema.name), schema.rights)
        yield from _comment("schema", Name(schema.name), schema.comment)
    for extension in database.extensions:
        yield nodes.CreateExtension(extension.name, extension.schema_name)
    early_domains, late_domains = domains_in_order(database)
    made = {other.key for other in database.others if other.kind in _TYPES}
    rows = _rows(database)
    first = [domain for domain in early_domains if domain.type not in made and not is_row(domain.type, rows)]
    yield from _types(database, first)
    yield from _others(database, _TYPES)
    for domain in early_domains:
        if domain.type in made:
            yield from _domain(domain)
    for sequence in database.sequences:
        yield nodes.CreateSequence(sequence.name, sequence.type, sequence.options)
        yield from _grants("sequence", sequence.name, sequence.rights)
        yield from _comment("sequence", sequence.name, sequence.comment)
    late = [routine for routine in database.routines if _names_a_row(routine, rows)]
    for routine in database.routines:
        if routine not in late:
            yield from _routine(routine)
    for domain in late_domains:
        if not is_row(domain.type, rows):
            yield from _domain(domain)
    yield from _others(database, _OPERATORS)
    whole = {table.name: table for table in database.tables}
    over_rows = [domain for domain in (*early_domains, *late_domains) if is_row(domain.type, rows)]
    after = [table for table in database.tables if _has_type_of(table, over_rows)]
    for table in database.tables:
        if table not in after:
            yield from _table(table, whole)
    for domain in over_rows:
        yield from _domain(domain)
    for table in after:
        yield from _table(table, whole)
    for sequence in database.sequences:
        if sequence.owner is not None:
            yield nodes.OwnSequence(sequence.name, *sequence.owner)
    for each in _after_tables(late, database.views):
        yield from create_view(each) if isinstance(each, objects.View) else _routine(each)
    for table in database.tables:
        for key in table.foreign_keys:
            yield nodes.AddForeignKey(table.name, foreign_key_def(key), key.valid)
            yield from _part_comment("constraint", table.name, key)
        yield from secure(table)
        for trigger in table.triggers:
            yield trigger_node(table.name, trigger)
            yield from _part_comment("trigger", table.name, trigger)
    yield from _others(database, frozenset(other.kind for other in database.others) - _TYPES - _OPERATORS)
    for comment in database.comments:
        yield nodes.CommentOn(comment.kind, comment.target, comment.text, comment.part)


def _has_type_of(table: tables.Table, domains: Iterable[objects.Domain]) -> bool:
    """Whether a column has one of the domains."""
    names = {spelling for domain in domains for spelling in _spellings(domain.name)}
    return any(column.type.removesuffix("[]") in names for column in table.columns)


# What tables stand on, beside the types that have a model: first what needs nothing, then what needs routines.
_TYPES = frozenset({"composite type", "range type", "collation", "type"})
_OPERATORS = frozenset({"operator", "operator family", "operator class", "cast"})


def _others(database: objects.Database, kinds: frozenset[str]) -> Iterator[nodes.Statement]:
    for other in database.others:
        if other.kind in kinds:
            yield nodes.Object(other.kind, other.key, other.definition, other.drop, other.table)


def _types(database: objects.Database, domains: Iterable[objects.Domain]) -> Iterator[nodes.Statement]:
    for enum in database.enums:
        yield nodes.CreateEnum(enum.name, enum.labels)
        yield from _comment("type", enum.name, enum.comment)
    for domain in domains:
        yield from _domain(domain)


def domains_in_order(database: objects.Database) -> tuple[list[objects.Domain], list[objects.Domain]]:
    """Return those that routines may take, and those that call one (or stand on one that does), which come after the routines."""
    early: list[objects.Domain] = []
    late: list[objects.Domain] = []
    calls = {f"{name}(" for routine in database.routines for name in _spellings(routine.name)}
    for domain in database.domains:
        texts = [domain.default or "", *(check.condition for check in domain.checks)]
        after = {spelling for each in late for spelling in _spellings(each.name)}
        waits = domain.type in after or any(call in text for text in texts for call in calls)
        (late if waits else early).append(domain)
    return early, late


def _domain(domain: objects.Domain) -> Iterator[nodes.Statement]:
    checks = tuple(nodes.CheckDef(check.name, check.condition) for check in domain.checks)
    yield nodes.CreateDomain(
        domain.name, domain.type, domain.not_null, domain.default, checks, domain.collation
    )
    yield from _comment("domain", domain.name, domain.comment)


# Types of PostgreSQL that are one word: a table of that name is written with its schema where its row is meant.
_BUILT_IN = frozenset(
    [
        "text",
        "date",
        "time",
        "uuid",
        "name",
        "json",
        "jsonb",
        "bytea",
        "money",
        "interval",
        "point",
        "line",
        "box",
        "path",
        "circle",
        "polygon",
        "inet",
        "cidr",
        "xml",
        "oid",
        "bit",
        "real",
        "integer",
        "bigint",
        "smallint",
        "boolean",
        "numeric",
        "timestamp",
    ]
)


def is_row(type_name: str, rows: Collection[str]) -> bool:
    """Whether a type is that of the rows of a table or view. `rows`: how their names are written."""
    return type_name in rows and type_name not in _BUILT_IN


def _rows(database: objects.Database) -> set[str]:
    """The names of the types that tables and views make of their rows."""
    names = [*(table.name for table in database.tables), *(view.name for view in database.views)]
    return {spelling for name in names for spelling in _spellings(name)}


def _spellings(name: Name) -> tuple[str, ...]:
    return (qualified(name),) if name.schema else (quote(name.name), full(name))


def _names_a_row(routine: objects.Routine, rows: set[str]) -> bool:
    """Whether the head of a routine names the row of a table, or its body is bound to tables when it is made."""
    head = routine.definition.partition("$")[0]
    return "BEGIN ATOMIC" in head or any(word in rows for word in _TYPE.findall(head.partition("(")[2]))


def _after_tables(
    routines: list[objects.Routine], views: tuple[objects.View, ...]
) -> list[objects.Routine | objects.View]:
    """Return both, each after what it names: a view may call a routine, and a routine may give the rows of a view."""
    made: list[objects.Routine | objects.View] = [*routines, *views]
    words = {number: set(_WORD.findall(_bound_text(each))) for number, each in enumerate(made)}
    named = {
        name: number for number, each in enumerate(made) for name in {each.name.name, quote(each.name.name)}
    }
    needs = {
        number: sorted({named[word] for word in words[number] & named.keys()} - {number}) for number in words
    }
    try:
        return [made[number] for number in TopologicalSorter(needs).static_order()]
    except CycleError:  # a word is the name of something else
        return made


def _bound_text(each: objects.Routine | objects.View) -> str:
    """What is looked up when it is made: the query, the head of a routine, and its body where that is no string."""
    if isinstance(each, objects.View):
        return each.query
    head = each.definition.partition("$")[0]
    return each.definition if "BEGIN ATOMIC" in head else head


def _routine(routine: objects.Routine) -> Iterator[nodes.Statement]:
    kind = "procedure" if routine.kind == "procedure" else "function"
    signature = routine.signature.strip("()")
    yield nodes.CreateRoutine(routine.name, routine.signature, routine.definition, routine.kind)
    yield from _grants(kind, routine.name, routine.rights, signature)
    if routine.comment is not None:
        yield nodes.CommentOn(routine.kind, routine.name, routine.comment, signature=signature)


def _table(table: tables.Table, whole: Mapping[Name, tables.Table]) -> Iterator[nodes.Statement]:
    yield from create_table(table)
    if table.parent is not None:
        yield from own_columns(table, whole.get(table.parent))


def create_table(table: tables.Table) -> Iterator[nodes.Statement]:
    """Yield the table with its own constraints, indexes and comments: all that needs no other table."""
    if table.parent is not None and table.bound is not None:
        yield nodes.CreatePartition(table.name, table.parent, table.bound, table.partition_by, table.options)
    else:
        yield nodes.CreateTable(
            table.name,
            tuple(column_def(column) for column in table.columns),
            tuple(constraint_defs(table)),
            table.unlogged,
            table.partition_by,
            table.options,
        )
    for check in table.checks:
        if not check.valid or table.parent is not None:
            yield nodes.AddCheck(
                table.name, nodes.CheckDef(check.name, check.condition, check.no_inherit), check.valid
            )
    for index in table.indexes:
        yield index_def(table.name, index)
    yield from _comment("table", table.name, table.comment)
    for column in table.columns:
        if column.comment is not None and table.parent is None:
            yield nodes.CommentOn("column", table.name, column.comment, column.name)
    yield from _member_comments(table)


def _member_comments(table: tables.Table) -> Iterator[nodes.Statement]:
    keys = [table.primary_key] if table.primary_key is not None else []
    members: list[tables.Key | tables.Check | tables.Exclusion] = [
        *keys,
        *table.uniques,
        *table.checks,
        *table.exclusions,
    ]
    for member in members:
        yield from _part_comment("constraint", table.name, member)
    for index in table.indexes:
        yield from _comment("index", Name(index.name, table.name.schema), index.comment)


def create_view(view: objects.View) -> Iterator[nodes.Statement]:
    yield nodes.CreateView(view.name, view.query, view.materialized, view.options)
    for index in view.indexes:
        yield index_def(view.name, index)
        yield from _comment("index", Name(index.name, view.name.schema), index.comment)
    for trigger in view.triggers:
        yield trigger_node(view.name, trigger)
        yield from _part_comment("trigger", view.name, trigger)
    yield from _comment("materialized view" if view.materialized else "view", view.name, view.comment)
    for index in view.indexes:
        yield from _comment("index", Name(index.name, view.name.schema), index.comment)
    for column, text in view.column_comments:
        yield nodes.CommentOn("column", view.name, text, column)
    yield from _grants("table", view.name, view.rights)


def secure(table: tables.Table) -> Iterator[nodes.Statement]:
    """Yield row level security, policies and rights of a table."""
    if table.row_security or table.force_row_security:
        yield nodes.EnableRowSecurity(table.name, table.force_row_security, table.row_security)
    for policy in table.policies:
        yield policy_node(table.name, policy)
        yield from _part_comment("policy", table.name, policy)
    yield from _grants("table", table.name, table.rights)


def trigger_node(table: Name, trigger: tables.Trigger) -> nodes.CreateTriggerText:
    return nodes.CreateTriggerText(trigger.name, table, trigger.definition, trigger.function, trigger.enabled)


def policy_node(table: Name, policy: tables.Policy) -> nodes.CreatePolicy:
    return nodes.CreatePolicy(
        policy.name, table, policy.command, policy.roles, policy.restrictive, policy.using, policy.check
    )


def column_def(column: tables.Column) -> nodes.ColumnDef:
    return nodes.ColumnDef(
        column.name,
        column.type,
        column.not_null,
        column.default,
        column.identity,
        column.generated,
        column.virtual,
        column.collation,
        numbering=column.numbering,
    )


def constraint_defs(table: tables.Table) -> Iterator[nodes.Constraint]:
    if table.primary_key is not None:
        key = table.primary_key
        yield nodes.PrimaryKeyDef(key.name, key.columns, key.include, key.deferrable, key.deferred)
    for key in table.uniques:
        yield unique_def(key)
    for check in table.checks:
        if check.valid:
            yield nodes.CheckDef(check.name, check.condition, check.no_inherit)
    for found in table.exclusions:
        yield exclusion_def(found)


def unique_def(key: tables.Key) -> nodes.UniqueDef:
    return nodes.UniqueDef(
        key.name, key.columns, key.include, key.nulls_not_distinct, key.deferrable, key.deferred
    )


def exclusion_def(found: tables.Exclusion) -> nodes.ExclusionDef:
    elements = tuple((_part(key), operator) for key, operator in found.elements)
    return nodes.ExclusionDef(
        found.name, found.method, elements, found.where, found.deferrable, found.deferred
    )


def foreign_key_def(key: tables.ForeignKey) -> nodes.ForeignKeyDef:
    return nodes.ForeignKeyDef(
        key.name,
        key.columns,
        key.target,
        key.target_columns,
        key.on_delete,
        key.set_null_columns,
        key.on_update,
        key.match_full,
        key.deferrable,
        key.deferred,
    )


def index_def(table: Name, index: tables.Index, *, concurrently: bool = False) -> nodes.CreateIndex:
    return nodes.CreateIndex(
        index.name,
        table,
        tuple(_part(key) for key in index.keys),
        index.method,
        index.unique,
        index.where,
        index.include,
        index.nulls_not_distinct,
        index.options,
        concurrently,
    )


def _part(key: tables.IndexKey) -> nodes.IndexPart:
    return nodes.IndexPart(
        key.column, key.descending, key.expression, key.operator_class, key.collation, key.nulls_first
    )


def _grants(
    kind: str, target: Name, rights: Iterable[tables.Right], signature: str | None = None
) -> Iterator[nodes.Grant]:
    for (role, grantable), mine in groupby(rights, key=lambda right: (right.role, right.grantable)):
        privileges = tuple(
            nodes.Privilege(right.privilege, (right.column,) if right.column is not None else ())
            for right in mine
        )
        yield nodes.Grant(privileges, kind, target, (role,), signature, grantable)


def _part_comment(
    kind: str,
    table: Name,
    part: tables.Key | tables.Check | tables.Exclusion | tables.ForeignKey | tables.Trigger | tables.Policy,
) -> Iterator[nodes.CommentOn]:
    if part.comment is not None:
        yield nodes.CommentOn(kind, table, part.comment, part.name)


def _comment(kind: str, target: Name, text: str | None) -> Iterator[nodes.CommentOn]:
    if text is not None:
        yield nodes.CommentOn(kind, target, text)
