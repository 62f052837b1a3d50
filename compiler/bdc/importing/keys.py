"""Keys, indexes, checks and exclusions of a table → members of its entity."""

from collections.abc import Iterable, Iterator

from bdc.catalog import Index, IndexKey, Key, Table
from bdc.importing.names import Unique, field_name
from bdc.importing.scope import Scope, member_path, table_path
from bdc.importing.text import Line, quoted, spaced, sql


def members(scope: Scope, table: Table) -> Iterator[Line]:
    """Yield what stands below the fields, as far as the language says it."""
    yield from _key(scope, table)
    for key in table.uniques:
        path = member_path(table.name, "unique", key.name)
        if scope.is_said(path) and key.comment is None:
            yield Line(_unique(scope, table, key), path)
    made = _of_references(scope, table)
    for index in table.indexes:
        path = member_path(table.name, "index", index.name)
        if index not in made and scope.is_said(path) and index.valid and index.comment is None:
            yield Line(_index(scope, table, index), path)
    names = Unique()
    for check in table.checks:
        path = member_path(table.name, "check", check.name)
        if scope.is_said(path) and check.valid and check.comment is None and not check.no_inherit:
            own = names.take(_short(check.name, table))
            said = scope.names(table).said(check.name, (own,), "check")
            yield Line(spaced(f"check {own} ({sql(check.condition)})", said), path)
    yield from _exclusions(scope, table)


def _of_references(scope: Scope, table: Table) -> list[Index | None]:
    """Indexes that references make by themselves."""
    found = scope.references[table.name].values()
    return [scope.names(table).has_index(each.key.columns[0]) for each in found if each.inline]


def _short(name: str, table: Table) -> str:
    """`ck_order_total` of `order` → `total`."""
    made = field_name(name)
    own = field_name(table.name.name)
    for prefix in (f"ck_{own}_", f"{own}_", "ck_", "chk_", "excl_"):
        if made.startswith(prefix) and len(made) > len(prefix):
            made = made.removeprefix(prefix)
    made = made.removesuffix("_check") or made
    return field_name(made)


def _key(scope: Scope, table: Table) -> Iterator[Line]:
    key = table.primary_key
    if key is None or (len(key.columns) == 1 and not key.include and not key.deferrable):
        return
    said = scope.names(table).said(key.name, (), "pkey")
    text = spaced(f"id ({_columns(scope, table, key.columns)})", said, *_key_options(scope, table, key))
    yield Line(text, f"{table_path(table.name)}, primary key")


def _unique(scope: Scope, table: Table, key: Key) -> str:
    return spaced(
        f"unique ({_columns(scope, table, key.columns)})",
        scope.names(table).said(key.name, key.columns, "key"),
        *_key_options(scope, table, key),
    )


def _key_options(scope: Scope, table: Table, key: Key) -> Iterator[str]:
    yield from _include(scope, table, key.include)
    if key.nulls_not_distinct:
        yield "@nulls_not_distinct"
    if key.deferrable:
        yield "@deferrable(deferred)" if key.deferred else "@deferrable"


def _include(scope: Scope, table: Table, columns: tuple[str, ...]) -> Iterator[str]:
    if columns:
        yield f"@include({_columns(scope, table, columns)})"


def _columns(scope: Scope, table: Table, columns: Iterable[str]) -> str:
    own = scope.fields[table.name]
    return ", ".join(own[column] for column in columns)


def _index(scope: Scope, table: Table, index: Index) -> str:
    keys = ", ".join(_index_key(scope, table, key) for key in index.keys)
    using = "" if index.method == "btree" else f"using {index.method}"
    head = f"unique ({keys})" if index.unique else spaced("index", using, f"({keys})")
    return spaced(
        head,
        f"where {sql(index.where)}" if index.where is not None else "",
        "@index" if index.unique else "",
        _index_name(scope, table, index),
        *_include(scope, table, index.include),
        "@nulls_not_distinct" if index.nulls_not_distinct else "",
        f"@with({quoted(index.options)})" if index.options is not None else "",
    )


def _index_name(scope: Scope, table: Table, index: Index) -> str:
    columns = [key.column for key in index.keys]
    if None in columns:
        return f"@name({quoted(index.name)})"
    return scope.names(table).said(index.name, [column for column in columns if column], "idx")


def _index_key(scope: Scope, table: Table, key: IndexKey) -> str:
    what = scope.fields[table.name][key.column] if key.column is not None else sql(key.expression or "")
    nulls = "" if key.nulls_first is None else f"nulls {'first' if key.nulls_first else 'last'}"
    return spaced(
        what,
        f"collate {quoted(key.collation.strip(chr(34)))}" if key.collation else "",
        f"with {key.operator_class}" if key.operator_class else "",
        "desc" if key.descending else "",
        nulls,
    )


def _exclusions(scope: Scope, table: Table) -> Iterator[Line]:
    names = Unique()
    for found in table.exclusions:
        path = member_path(table.name, "exclusion", found.name)
        if scope.is_said(path) and found.comment is None:
            parts = ", ".join(
                f"{_index_key(scope, table, key)} with {quoted(operator)}" for key, operator in found.elements
            )
            text = spaced(
                f"exclude {names.take(_short(found.name, table))} using {found.method} ({parts})",
                f"where {sql(found.where)}" if found.where is not None else "",
                f"@name({quoted(found.name)})",
            )
            yield Line(text, path)
