"""A database with statements → the same database with the objects that they make."""

from bdc.catalog.assemble import add_constraint, put
from bdc.catalog.builder import Builder
from bdc.catalog.lifting.relations import AddConstraint, Attributes, Lifted
from bdc.catalog.lifting.statement import made_by
from bdc.catalog.objects import Database, OtherObject
from bdc.ddl import nodes
from bdc.sql.order import in_order
from bdc.sql.written import NotRead

# Kinds of statements that a specification writes; the others are what a catalog has beside the model, said in its own way.
_WRITTEN = frozenset(
    [
        "table",
        "view",
        "materialized view",
        "index",
        "constraint",
        "trigger",
        "policy",
        "function",
        "procedure",
    ]
) | {"statement", "sequence", "schema", "extension", "type", "domain"}


def lifted(database: Database) -> Database:
    """Return `database` with what its statements make; those that are not understood stay in `others`."""
    if not any(each.kind in _WRITTEN for each in database.others):
        return database
    return _of(database)


def _of(database: Database) -> Database:
    builder = Builder.of(database)
    builder.others = []
    for other in database.others:
        if other.kind not in _WRITTEN or not _taken(builder, other):
            builder.others.append(other)
    made = builder.database()
    views = in_order(made.views, lambda view: view.name.name, lambda view: view.query)
    return made.model_copy(update={"views": tuple(views)})


def _taken(builder: Builder, other: OtherObject) -> bool:
    """Put what a statement makes; False where it is not understood, and nothing was put."""
    kept = builder.copy()
    try:
        for found in made_by(other.definition, builder):
            _put(builder, found)
    except (NotRead, KeyError, ValueError):
        builder.become(kept)
        return False
    return True


def _put(builder: Builder, found: Lifted) -> None:
    if isinstance(found, Attributes):
        builder.table(found.table)
        builder.set(found.table, **dict(found.members))
    elif isinstance(found, AddConstraint):
        add_constraint(builder, found.table, found.constraint)
    else:
        _refuse_second(builder, found)
        put(builder, found)


def _refuse_second(builder: Builder, found: nodes.Statement) -> None:
    """What is made twice is not understood: the second statement may do nothing."""
    relations = nodes.CreateTable | nodes.CreatePartition | nodes.CreateView
    if isinstance(found, relations) and (builder.has_table(found.name) or found.name in builder.views):
        raise NotRead("a second object of this name")
