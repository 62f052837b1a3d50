"""A state under other names, as PostgreSQL shows it after a rename: what it knows by identity follows, bodies of functions do not."""

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any

from bdc.catalog import Column, Database, Table
from bdc.ddl.names import Name, full, qualified
from bdc.ddl.printer import literal
from bdc.plan.sql_identifiers import renamed_columns, renamed_kind, renamed_relations, renamed_trigger

Text = Callable[[str], str]


def with_names(state: Database, names: Mapping[Name, Name]) -> Database:
    """Return the state with tables, views, sequences and types called otherwise."""
    if not names:
        return state
    words = {old.name: new.name for old, new in names.items() if old.name != new.name}
    constants = {
        literal(spell(old)): literal(spell(new)) for old, new in names.items() for spell in (qualified, full)
    }

    def text(said: str) -> str:
        """Relations may be told by their text: `nextval('order_id_seq'::regclass)`."""
        found = renamed_relations(said, words)
        for before, after in constants.items() if "'" in found else ():
            found = found.replace(before, after)
        return found

    def named(name: Name) -> Name:
        return names.get(name, name)

    def kind(said: str) -> str:
        return renamed_kind(said, words)

    return state.model_copy(
        update={
            "enums": tuple(each.model_copy(update={"name": named(each.name)}) for each in state.enums),
            "domains": tuple(each.model_copy(update={"name": named(each.name)}) for each in state.domains),
            "sequences": tuple(_sequence(each, named) for each in state.sequences),
            "tables": tuple(_table(each, named, text, kind) for each in state.tables),
            "routines": tuple(
                each.model_copy(update={"signature": text(each.signature)}) for each in state.routines
            ),
            "views": tuple(_view(each, named, text) for each in state.views),
            "others": tuple(
                each.model_copy(update={"table": named(each.table)}) if each.table is not None else each
                for each in state.others
            ),
            "comments": tuple(
                each.model_copy(update={"target": named(each.target)}) for each in state.comments
            ),
        }
    )


def _sequence(sequence: Any, named: Callable[[Name], Name]) -> Any:
    owner = (named(sequence.owner[0]), sequence.owner[1]) if sequence.owner is not None else None
    return sequence.model_copy(update={"name": named(sequence.name), "owner": owner})


def _view(view: Any, named: Callable[[Name], Name], text: Text) -> Any:
    triggers = tuple(_texts(each, text, "definition") for each in view.triggers)
    return _texts(view, text, "query").model_copy(update={"name": named(view.name), "triggers": triggers})


def _texts(member: Any, text: Text, *attributes: str) -> Any:
    found = {name: getattr(member, name) for name in attributes}
    return member.model_copy(update={name: text(value) for name, value in found.items() if value is not None})


def _table(table: Table, named: Callable[[Name], Name], text: Text, kind: Text) -> Table:
    """The texts of a table may speak of any other."""
    keys = tuple(each.model_copy(update={"target": named(each.target)}) for each in table.foreign_keys)
    columns = tuple(_texts(each, kind, "type") for each in table.columns)
    return with_texts(table.model_copy(update={"columns": columns}), text).model_copy(
        update={
            "name": named(table.name),
            "foreign_keys": keys,
            "parent": named(table.parent) if table.parent is not None else None,
        }
    )


def with_texts(table: Table, text: Text) -> Table:
    return table.model_copy(
        update={
            "columns": tuple(_texts(each, text, "default", "generated") for each in table.columns),
            "checks": tuple(_texts(each, text, "condition") for each in table.checks),
            "policies": tuple(_texts(each, text, "using", "check") for each in table.policies),
            "triggers": tuple(_texts(each, text, "definition") for each in table.triggers),
            "indexes": tuple(_index(each, text) for each in table.indexes),
            "exclusions": tuple(_exclusion(each, text) for each in table.exclusions),
        }
    )


def _index(index: Any, text: Text) -> Any:
    keys = tuple(_texts(part, text, "expression") for part in index.keys)
    return _texts(index, text, "where").model_copy(update={"keys": keys})


def _exclusion(found: Any, text: Text) -> Any:
    elements = tuple((_texts(part, text, "expression"), operator) for part, operator in found.elements)
    return _texts(found, text, "where").model_copy(update={"elements": elements})


def with_column(state: Database, table: Name, old: str, new: str) -> Database:
    """Return the state with one column of a table called otherwise, wherever it is spoken of by identity."""
    text = partial(renamed_columns, names={old: new})

    def column(name: str) -> str:
        return new if name == old else name

    tables = []
    for each in state.tables:
        found = each
        if each.name == table or each.parent == table:
            found = _with_column(with_texts(found, text), column)
            if found.partition_by is not None:
                way, _, by = found.partition_by.partition(" ")
                found = found.model_copy(update={"partition_by": f"{way} {text(by)}"})
        keys = tuple(
            key.model_copy(update={"target_columns": tuple(map(column, key.target_columns))})
            if key.target == table
            else key
            for key in found.foreign_keys
        )
        tables.append(found.model_copy(update={"foreign_keys": keys}))
    sequences = tuple(
        each.model_copy(update={"owner": (table, column(each.owner[1]))})
        if each.owner is not None and each.owner[0] == table
        else each
        for each in state.sequences
    )
    return state.model_copy(update={"tables": tuple(tables), "sequences": sequences})


def without_views(state: Database, gone: Iterable[Name]) -> Database:
    names = set(gone)
    return state.model_copy(update={"views": tuple(each for each in state.views if each.name not in names)})


def _with_column(table: Table, column: Callable[[str], str]) -> Table:
    def columns(names: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(map(column, names))

    def keyed(key: Any) -> Any:
        return key.model_copy(update={"columns": columns(key.columns), "include": columns(key.include)})

    def part(found: Any) -> Any:
        return found if found.column is None else found.model_copy(update={"column": column(found.column)})

    def right(found: Any) -> Any:
        return found if found.column is None else found.model_copy(update={"column": column(found.column)})

    return table.model_copy(
        update={
            "columns": tuple(_called(each, column(each.name)) for each in table.columns),
            "primary_key": keyed(table.primary_key) if table.primary_key is not None else None,
            "uniques": tuple(map(keyed, table.uniques)),
            "foreign_keys": tuple(
                key.model_copy(
                    update={
                        "columns": columns(key.columns),
                        "set_null_columns": columns(key.set_null_columns),
                    }
                )
                for key in table.foreign_keys
            ),
            "exclusions": tuple(
                each.model_copy(update={"elements": tuple((part(key), sign) for key, sign in each.elements)})
                for each in table.exclusions
            ),
            "indexes": tuple(
                each.model_copy(
                    update={"keys": tuple(map(part, each.keys)), "include": columns(each.include)}
                )
                for each in table.indexes
            ),
            "rights": tuple(map(right, table.rights)),
        }
    )


def _called(column: Column, name: str) -> Column:
    return column.model_copy(update={"name": name})


def with_member(state: Database, table: Name, kind: str, old: str, new: str) -> Database:
    """Return the state with one member of a table called otherwise; `kind`: the attribute that holds it."""
    if not any(each.name == table for each in state.tables):
        return state

    def called(member: Any) -> Any:
        if member.name != old:
            return member
        found = member.model_copy(update={"name": new})
        return (
            _texts(found, partial(renamed_trigger, names={old: new}), "definition")
            if kind == "triggers"
            else found
        )

    def renamed(found: Table) -> Table:
        if kind == "primary_key":
            return found.model_copy(update={kind: called(found.primary_key)})
        return found.model_copy(update={kind: tuple(map(called, getattr(found, kind)))})

    return state.model_copy(
        update={"tables": tuple(renamed(each) if each.name == table else each for each in state.tables)}
    )
