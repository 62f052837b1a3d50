"""Types of columns: wider, narrower, another; domains; collations; identity."""

from bdc.catalog import Check, Column, Domain, Table
from bdc.ddl.names import Name, quote
from tests.evolution.draft import Draft
from tests.evolution.edits.columns import put_new

__all__ = [
    "add_domain_column",
    "change_collation",
    "change_domain_check",
    "change_identity",
    "change_type",
    "drop_domain",
    "keep_computed",
    "narrow_type",
    "widen_type",
]

# A change of type, and what old rows get where a plain cast is not there (None: the cast does it).
_WIDER = {
    "character varying(40)": ("character varying(80)", "text"),
    "character varying(80)": ("text",),
    "numeric(10,2)": ("numeric(14,2)",),
    "smallint": ("integer", "bigint"),
    "integer": ("bigint",),
    "json": ("jsonb",),
    "timestamp(3) without time zone": ("timestamp without time zone",),
}
_NARROWER = {
    "text": ("character varying(40)", "character varying(3)"),
    "character varying(80)": ("character varying(40)",),
    "bigint": ("integer",),
    "integer": ("smallint",),
    "numeric(12,4)": ("numeric(10,2)",),
}
_OTHER = {
    "integer": (("text", None), ("boolean", "{0} > 10"), ("numeric(12,4)", None)),
    "bigint": (("text", None), ("double precision", None)),
    "text": (("integer", "length({0})"), ("jsonb", "to_jsonb({0})"), ("text[]", "array[{0}]")),
    "boolean": (("integer", "{0}::integer"), ("text", None)),
    "date": (("timestamp with time zone", None), ("text", None)),
    "timestamp with time zone": (("date", "({0} at time zone 'UTC')::date"),),
    "timestamp(3) without time zone": (("timestamp with time zone", "{0} at time zone 'UTC'"),),
    "uuid": (("text", None),),
    "jsonb": (("text", None), ("json", None)),
    "double precision": (("numeric(12,4)", None),),
}  # fmt: skip


def _free(draft: Draft, table: Table, column: Column) -> bool:
    """Neither side of a reference (both sides would have to change), nor read by computed columns, views, policies, partitions."""
    name = column.name
    refers = any(name in key.columns for key in table.foreign_keys)
    aimed = any(
        key.target == table.name and name in key.target_columns
        for each in draft.database.tables
        for key in each.foreign_keys
    )
    own = table.model_copy(update={"columns": (), "primary_key": None, "uniques": (), "indexes": ()})
    probe = Draft(draft.database, draft.random)
    probe.change(tables=tuple(own if each.name == table.name else each for each in draft.database.tables))
    computed = any(name in (each.generated or "") for each in table.columns)
    plain = column.generated is None and column.identity is None and "nextval" not in (column.default or "")
    keyed = any(key.expression or key.operator_class for index in table.indexes for key in index.keys)
    spoken = any(name in sql for sql in draft.backfills.values())
    return plain and not (refers or aimed or computed or keyed or spoken or probe.mentioned(name))


def _retype(draft: Draft, offered: dict[str, tuple[str, ...]]) -> bool:
    found = draft.column(lambda table, column: column.type in offered and _free(draft, table, column))
    if found is None:
        return False
    table, column = found
    draft.put_column(
        table, column, type=draft.random.choice(offered[column.type]), collation=None, default=None
    )
    return True


def widen_type(draft: Draft) -> bool:
    return _retype(draft, _WIDER)


def narrow_type(draft: Draft) -> bool:
    return _retype(draft, _NARROWER)


def change_type(draft: Draft) -> bool:
    found = draft.column(
        lambda table, column: column.type in _OTHER and _free(draft, table, column) and _no_gin(table, column)
    )
    if found is None:
        return False
    table, column = found
    kind, conversion = draft.random.choice(_OTHER[column.type])
    if (table.name, column.name) in draft.origins.columns and conversion is not None:
        draft.backfills[table.name, column.name] = conversion.format(quote(column.name))
    draft.put_column(table, column, type=kind, default=None, collation=None)
    return True


def _no_gin(table: Table, column: Column) -> bool:
    """Not every type can be in every index, or be compared."""
    keyed = any(key.column == column.name for index in table.indexes for key in index.keys)
    keys = (*table.uniques, *((table.primary_key,) if table.primary_key else ()))
    return not keyed and not any(column.name in key.columns for key in keys)


def add_domain_column(draft: Draft) -> bool:
    table = draft.table()
    if table is None:
        return False
    name = Name(draft.fresh("amounts"))
    check = Check(name=f"ck_{name.name}", condition="value >= 0")
    draft.change(domains=(*draft.database.domains, Domain(name=name, type="integer", checks=(check,))))
    return put_new(draft, table, Column(name=draft.fresh("rank"), type=quote(name.name)))


def change_domain_check(draft: Draft) -> bool:
    domain = draft.pick(draft.database.domains)
    if domain is None:
        return False
    old = domain.checks[0]
    condition = "value >= '-5'::integer" if old.condition == "value >= 0" else "value >= 0"
    new = domain.model_copy(update={"checks": (old.model_copy(update={"condition": condition}),)})
    draft.change(domains=tuple(new if each is domain else each for each in draft.database.domains))
    return True


def drop_domain(draft: Draft) -> bool:
    """With the columns that are of it, when nothing speaks of them."""
    domain = draft.pick(draft.database.domains)
    if domain is None:
        return False
    away = [
        (table, each)
        for table in draft.database.tables
        if table.parent is None
        for each in table.columns
        if each.type == quote(domain.name.name)
    ]
    if len(away) != 1 or not _free(draft, *away[0]) or not _no_gin(*away[0]) or len(away[0][0].columns) < 2:
        return False
    table, gone = away[0]
    draft.put(table, columns=tuple(each for each in table.columns if each.name != gone.name))
    draft.change(domains=tuple(each for each in draft.database.domains if each.name != domain.name))
    return True


def change_collation(draft: Draft) -> bool:
    found = draft.column(lambda table, column: column.type == "text" and _free(draft, table, column))
    if found is None:
        return False
    table, column = found
    draft.put_column(table, column, collation='"C"' if column.collation is None else None)
    return True


def change_identity(draft: Draft) -> bool:
    """Counted by itself always, unless told, or not at all."""
    found = draft.column(lambda _, column: column.identity is not None)
    if found is None:
        return False
    table, column = found
    offered = [each for each in ("always", "by default", None) if each != column.identity]
    draft.put_column(table, column, identity=draft.random.choice(offered))
    return True


def keep_computed(draft: Draft) -> bool:
    """A computed column becomes a plain one."""
    found = draft.column(lambda table, column: column.generated is not None and not column.virtual)
    if found is None:
        return False
    table, column = found
    draft.put_column(table, column, generated=None)
    return True
