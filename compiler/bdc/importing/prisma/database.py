"""Blocks of a Prisma schema → tables, keys and references, named as Prisma names them."""

from collections.abc import Iterator
from collections.abc import Sequence as Listed
from dataclasses import dataclass, field

from bdc.catalog import (
    Check,
    Column,
    Database,
    EnumType,
    ForeignKey,
    Index,
    IndexKey,
    Key,
    Schema,
    Sequence,
    Table,
)
from bdc.ddl.names import LONGEST, Name, qualified, quote
from bdc.importing.prisma.conditions import condition
from bdc.importing.prisma.datasource import extensions_of, provider_of
from bdc.importing.prisma.parse import Block, Call, Field, PrismaError, parse, text_of
from bdc.importing.prisma.providers import PROVIDERS, Provider, is_unsigned
from bdc.importing.prisma.types import column_type, default_sql, label_text
from bdc.importing.prisma.unique_names import with_names_of_their_own

_ACTIONS = {
    "Cascade": "cascade",
    "Restrict": "restrict",
    "NoAction": "no action",
    "SetNull": "set null",
    "SetDefault": "set default",
}
_METHODS = ("btree", "hash", "gin", "gist", "spgist", "brin")
_BY_HAND = (
    "what migrations add in SQL of their own (partial and GIN indexes, NOT NULL of lists, functions, triggers, extensions) stands in no "
    "schema: an import of the folder of migrations reads it"
)


@dataclass(slots=True)
class _World:
    models: dict[str, Block]
    enums: dict[str, Name]
    labels: dict[str, dict[str, str]]
    has_keys: bool
    provider: Provider | None = None
    composites: frozenset[str] = frozenset()
    sequences: list[Sequence] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    def name(self, block: Block) -> Name:
        mapped = block.get("map")
        schema = block.get("schema")
        own = text_of(mapped.get("name", 0)) if mapped else None
        place = text_of(schema.get(None, 0)) if schema else None
        return Name(own or block.name, None if place == "public" else place)

    def column(self, block: Block, name: str) -> str:
        """Return the column of a field. Raises PrismaError."""
        found = next((each for each in block.fields if each.name == name), None)
        if found is None:
            raise PrismaError(block.line, f"`{block.name}` has no field `{name}`")
        return _mapped(found)

    def type(self, each: Field) -> str:
        if each.type in self.composites:
            return "jsonb"
        return column_type(each, self.enums, self.provider)


def prisma_database(text: str) -> tuple[Database, tuple[str, ...]]:
    """Return the database of a schema, and what it says that no database holds. Raises PrismaError."""
    return database_of(parse(text))


def database_of(blocks: Listed[Block]) -> tuple[Database, tuple[str, ...]]:
    """Return the database of the blocks of a schema, and what they say that no database holds. Raises PrismaError."""
    world = _world(blocks)
    tables = [_table(world, block) for block in world.models.values()]
    tables += list(_join_tables(world)) if world.has_keys else []
    for block in blocks:
        if block.kind == "view":
            world.left_out.append(f"{block.kind} {block.name}: its definition is not in the schema")
    if world.provider is not None:
        tables, renamed = with_names_of_their_own(tables, world.sequences)
        world.left_out += renamed
    schemas = sorted({table.name.schema for table in tables if table.name.schema})
    database = Database(
        schemas=tuple(Schema(name=name) for name in schemas),
        enums=tuple(
            EnumType(name=world.enums[block.name], labels=tuple(world.labels[block.name].values()))
            for block in blocks
            if block.kind == "enum"
        ),
        extensions=tuple(extensions_of(blocks)),
        sequences=tuple(world.sequences),
        tables=tuple(tables),
    )
    return database, (*world.left_out, _BY_HAND)


def _world(blocks: Listed[Block]) -> _World:
    source = next((block for block in blocks if block.kind == "datasource"), None)
    mode = text_of(source.settings.get("relationMode")) if source else None
    provider = PROVIDERS.get(provider_of(blocks))
    world = _World(
        {block.name: block for block in blocks if block.kind == "model"},
        {},
        {},
        mode != "prisma"
        or provider is not None,  # a database of its own has the keys that the other one went without
        provider,
        frozenset(block.name for block in blocks if block.kind == "type"),
    )
    if provider is not None:
        world.left_out.append(
            f"the database is {provider.name}: types are those of PostgreSQL that hold the same values"
        )
    for block in blocks:
        if block.kind == "enum":
            world.enums[block.name] = world.name(block)
            world.labels[block.name] = {each.name: _mapped(each) for each in block.fields}
        if block.kind == "model" and block.get("ignore"):
            world.left_out.append(
                f"model {block.name}: @@ignore: Prisma's client leaves it out, and the table is there"
            )
    return world


def columns_of(blocks: Listed[Block]) -> Iterator[tuple[Name, str, str, Field]]:
    """Yield table, column, `Model.field` and field of every column of a schema. Raises PrismaError."""
    world = _world(blocks)
    for block in world.models.values():
        for each in block.fields:
            if _is_column(world, each) and each.type not in world.enums:
                yield world.name(block), _mapped(each), f"{block.name}.{each.name}", each


def _mapped(each: Field) -> str:
    call = each.attributes.get("map")
    return (text_of(call.get("name", 0)) if call else None) or each.name


def _is_column(world: _World, each: Field) -> bool:
    return each.type not in world.models


def _table(world: _World, block: Block) -> Table:
    name = world.name(block)
    columns = tuple(_column(world, block, each) for each in block.fields if _is_column(world, each))
    indexes = [*_unique_indexes(world, block), *_indexes(world, block)]
    key = _key(world, block)
    keyed = frozenset(key.columns if key else ())
    return Table(
        name=name,
        columns=tuple(
            each.model_copy(update={"not_null": True}) if each.name in keyed else each for each in columns
        ),
        primary_key=key,
        foreign_keys=tuple(_foreign_keys(world, block)),
        indexes=tuple(indexes),
        checks=tuple(_checks(world, block)),
    )


def _checks(world: _World, block: Block) -> Iterator[Check]:
    """Numbers that have no sign in the other database."""
    for each in block.fields:
        if world.provider is not None and is_unsigned(world.provider, each):
            column = _mapped(each)
            yield Check(
                name=_fitted(f"{world.name(block).name}_{column}", "_check"),
                condition=f"{quote(column)} >= 0",
            )


def _column(world: _World, block: Block, each: Field) -> Column:
    kind, name = world.type(each), _mapped(each)
    value = each.attributes["default"].get("value", 0) if "default" in each.attributes else None
    default = None
    if isinstance(value, Call) and value.name in ("autoincrement", "sequence"):
        default = _serial(world, world.name(block), name, kind)
    elif value is not None:
        if each.type in world.labels:
            labels = world.labels[each.type]
            if isinstance(value, list):
                value = [label_text(labels, item) for item in value]
            elif not isinstance(value, Call):
                value = label_text(labels, value)
        default = default_sql(value, each, kind)
        if default is None and isinstance(value, Call) and value.name == "dbgenerated":
            world.left_out.append(
                f"{block.name}.{each.name}: dbgenerated() says that there is a default, and not which one"
            )
        elif default is None and isinstance(value, Call):
            world.left_out.append(f"{block.name}.{each.name}: {value.name}() is made by Prisma's client")
    if "updatedAt" in each.attributes:
        world.left_out.append(f"{block.name}.{each.name}: @updatedAt is kept by Prisma's client")
    # A list that is empty is stored as one, so Prisma leaves its column nullable.
    return Column(name=name, type=kind, not_null=not each.optional and not each.many, default=default)


def _serial(world: _World, table: Name, column: str, kind: str) -> str:
    name = Name(_fitted(f"{table.name}_{column}", "_seq"), table.schema)
    whole = kind if kind in ("smallint", "integer") else "bigint"  # a number of another kind counts too
    world.sequences.append(Sequence(name=name, type=whole, owner=(table, column)))
    return f"nextval('{qualified(name)}'::regclass)"


def _key(world: _World, block: Block) -> Key | None:
    usual = _fitted(world.name(block).name, "_pkey")
    for each in block.fields:
        if "id" in each.attributes and _is_column(world, each):
            name = text_of(each.attributes["id"].get("map")) or usual
            return Key(name=name, columns=(_mapped(each),))
    call = block.get("id")
    if call is None:
        return None
    return Key(name=text_of(call.get("map")) or usual, columns=_columns(world, block, call))


def _columns(world: _World, block: Block, call: Call) -> tuple[str, ...]:
    return tuple(key.column for key in _index_keys(world, block, call) if key.column)


def _index_keys(world: _World, block: Block, call: Call) -> tuple[IndexKey, ...]:
    listed = call.get("fields", 0)
    found = []
    for item in listed if isinstance(listed, list) else [listed]:
        name = item.name if isinstance(item, Call) else str(item)
        sort = item.get("sort") if isinstance(item, Call) else None
        ops = item.get("ops") if isinstance(item, Call) else None
        found.append(
            IndexKey(
                column=world.column(block, name),
                descending=sort == "Desc",
                operator_class=_operator_class(ops),
            )
        )
    return tuple(found)


def _operator_class(ops: object) -> str | None:
    if isinstance(ops, Call):
        return text_of(ops.get(None, 0))
    usual = {"JsonbPathOps": "jsonb_path_ops", "TextOps": "text_ops"}
    return usual.get(str(ops)) if ops is not None else None


def _unique_indexes(world: _World, block: Block) -> Iterator[Index]:
    table = world.name(block).name
    for each in block.fields:
        if "unique" in each.attributes:
            keys: tuple[IndexKey, ...] = (IndexKey(column=_mapped(each)),)
            name = text_of(each.attributes["unique"].get("map"))
            yield Index(name=name or _named(table, keys, "_key"), keys=keys, unique=True)
    for call in block.all("unique"):
        keys = _index_keys(world, block, call)
        where = _where(world, block, call)
        yield Index(
            name=text_of(call.get("map")) or _named(table, keys, "_key"), keys=keys, unique=True, where=where
        )


def _indexes(world: _World, block: Block) -> Iterator[Index]:
    table = world.name(block).name
    for call in block.all("index"):
        keys = _index_keys(world, block, call)
        method = str(call.get("type") or "BTree").lower()
        where = _where(world, block, call)
        name = text_of(call.get("map")) or _named(table, keys, "_idx")
        yield Index(name=name, keys=keys, method=method if method in _METHODS else "btree", where=where)


def _where(world: _World, block: Block, call: Call) -> str | None:
    """Return the condition of a partial index."""
    found = call.get("where")
    if found is None:
        return None
    made = condition(found, lambda name: quote(world.column(block, name)))
    if made is None:
        raise PrismaError(block.line, f"`{block.name}` has an index with a `where` that cannot be read")
    return made


def _named(table: str, keys: tuple[IndexKey, ...], suffix: str) -> str:
    return _fitted("_".join((table, *(key.column or "" for key in keys))), suffix)


def _fitted(name: str, suffix: str) -> str:
    """Prisma cuts what is before the suffix."""
    return name.encode()[: LONGEST - len(suffix)].decode(errors="ignore") + suffix


def _foreign_keys(world: _World, block: Block) -> Iterator[ForeignKey]:
    for each in block.fields:
        call = each.attributes.get("relation")
        fields = call.get("fields") if call else None
        if call is None or not isinstance(fields, list) or each.type not in world.models:
            continue
        if not world.has_keys:
            world.left_out.append(f"{block.name}.{each.name}: a relation that only Prisma keeps")
            continue
        if any(field.many for field in block.fields if field.name in fields):
            world.left_out.append(f"{block.name}.{each.name}: a list of keys has no foreign key")
            continue
        target = world.models[each.type]
        columns = tuple(world.column(block, str(name)) for name in fields)
        goals = call.get("references")
        optional = any(field.optional for field in block.fields if field.name in fields)
        _known_actions(block, call)
        yield ForeignKey(
            name=text_of(call.get("map")) or _fitted("_".join((world.name(block).name, *columns)), "_fkey"),
            columns=columns,
            target=world.name(target),
            target_columns=tuple(world.column(target, str(name)) for name in goals)
            if isinstance(goals, list)
            else (),
            on_delete=_ACTIONS[str(call.get("onDelete") or ("SetNull" if optional else "Restrict"))],
            on_update=_ACTIONS[str(call.get("onUpdate") or "Cascade")],
        )


def _known_actions(block: Block, call: Call) -> None:
    for word in ("onDelete", "onUpdate"):
        action = call.get(word)
        if action is not None and str(action) not in _ACTIONS:
            raise PrismaError(block.line, f"`{action}` is no action of a reference")


def _join_tables(world: _World) -> Iterator[Table]:
    """Yield the tables of relations that are lists on both sides."""
    done: set[str] = set()
    for block in world.models.values():
        for each in block.fields:
            if not each.many or each.type not in world.models:
                continue
            call = each.attributes.get("relation")
            title = text_of(call.get("name", 0)) if call else None
            other = world.models[each.type]
            if any(_leads_back(back, block, title) for back in other.fields if back is not each):
                sides = sorted((block.name, other.name))
                name = f"_{title or 'To'.join(sides)}"
                if name not in done:
                    done.add(name)
                    yield _join_table(world, name, sides)


def _leads_back(back: Field, block: Block, title: str | None) -> bool:
    call = back.attributes.get("relation")
    same = (text_of(call.get("name", 0)) if call else None) == title
    return back.type == block.name and back.many and same


def _join_table(world: _World, name: str, sides: list[str]) -> Table:
    columns, keys = [], []
    for letter, side in zip("AB", sides, strict=True):
        target = world.models[side]
        key = _key(world, target)
        if key is None or len(key.columns) != 1:
            raise PrismaError(
                target.line, f"lists on both sides lead to `{target.name}`, which has no single `@id`"
            )
        field = next(each for each in target.fields if _mapped(each) == key.columns[0])
        columns.append(Column(name=letter, type=world.type(field), not_null=True))
        keys.append(
            ForeignKey(
                name=_fitted(name, f"_{letter}_fkey"),
                columns=(letter,),
                target=world.name(target),
                target_columns=key.columns,
                on_delete="cascade",
                on_update="cascade",
            )
        )
    return Table(
        name=Name(name),
        columns=tuple(columns),
        primary_key=Key(name=_fitted(name, "_AB_pkey"), columns=("A", "B")),
        foreign_keys=tuple(keys),
        indexes=(Index(name=_fitted(name, "_B_index"), keys=(IndexKey(column="B"),)),),
    )


def names_of(blocks: Listed[Block]) -> Iterator[tuple[tuple[Name, str | None], str]]:
    """Yield table or enum, column or None, and what the comments of the schema say of it."""
    world = _world(blocks)
    for block in blocks:
        if block.kind == "model":
            yield (world.name(block), None), block.doc
            for each in block.fields:
                if _is_column(world, each):
                    yield (world.name(block), _mapped(each)), each.doc
        elif block.kind == "enum":
            values = "\n".join(f"{_mapped(each)}: {each.doc}" for each in block.fields if each.doc)
            yield (world.name(block), None), "\n".join(filter(None, (block.doc, values)))
