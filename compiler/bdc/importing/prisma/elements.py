"""What there is in a Prisma schema: the path of each element, and which attributes the import knows."""

from collections.abc import Iterator

from bdc.importing.draft import Ledger, under
from bdc.importing.prisma.parse import Block

# What says something about the database; everything else is about the client or its generator.
FIELD_ATTRIBUTES = frozenset(["id", "unique", "default", "map", "relation", "updatedAt", "ignore"])
BLOCK_ATTRIBUTES = frozenset(["id", "unique", "index", "map", "schema", "ignore"])
_STORED = ("model", "enum")


def elements(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Yield the path of every element, in the order of the schema."""
    for block in blocks:
        path = block_path(block)
        yield path
        if block.doc:
            yield f"{path}/comment"
        yield from (f"{path}/{name}" for name in block.settings)
        for field in block.fields:
            own = f"{path}/{field.name}"
            yield own
            if field.doc:
                yield f"{own}/comment"
            yield from (f"{own}/@{name}" for name in field.attributes)
        for number, (name, _) in enumerate(block.attributes):
            yield f"{path}/@@{name} {number + 1}"


def account(blocks: tuple[Block, ...]) -> Ledger:
    """Return what becomes of each element: objects of the database are all in the specification, which is compared with it."""
    ledger = Ledger(tuple(dict.fromkeys(elements(blocks))))
    ledger.carry(carried(blocks))
    for path, reason in reasons(blocks):
        ledger.leave(path, reason)
    return ledger


def block_path(block: Block) -> str:
    return under(f"{block.kind} {block.name}")


def carried(blocks: tuple[Block, ...]) -> Iterator[str]:
    """Yield the elements that become objects of the database, by their kind."""
    for block in blocks:
        path = block_path(block)
        if block.kind not in _STORED:
            continue
        yield path
        yield f"{path}/comment"
        for field in block.fields:
            yield f"{path}/{field.name}"
            yield f"{path}/{field.name}/comment"
            yield from (
                f"{path}/{field.name}/@{name}"
                for name in field.attributes
                if name in FIELD_ATTRIBUTES or name.startswith("db.")
            )
        for number, (name, _) in enumerate(block.attributes):
            if name in BLOCK_ATTRIBUTES:
                yield f"{path}/@@{name} {number + 1}"


def reasons(blocks: tuple[Block, ...]) -> Iterator[tuple[str, str]]:
    """Yield why blocks and attributes that are no object of the database are left out."""
    for block in blocks:
        path = block_path(block)
        if block.kind == "generator":
            yield path, "it configures Prisma's generator"
        elif block.kind == "datasource":
            yield path, "where the database is, is said by the deployment"
        elif block.kind == "view":
            yield path, "its query is in no schema: an import of the folder of migrations reads it"
        elif block.kind == "type":
            yield path, "a composite type is kept in columns of type jsonb"
        elif block.kind not in _STORED:
            yield path, f"`{block.kind}` is not a block that the import supports"
        for number, (name, _) in enumerate(block.attributes):
            if name not in BLOCK_ATTRIBUTES:
                reason = (
                    "an index of words is of other databases: `search` of a resource makes one"
                    if name == "fulltext"
                    else "it is about Prisma's client, or another database"
                )
                yield f"{path}/@@{name} {number + 1}", reason
        for field in block.fields:
            for name in field.attributes:
                if name not in FIELD_ATTRIBUTES and not name.startswith("db."):
                    yield f"{path}/{field.name}/@{name}", "it is about Prisma's client"
