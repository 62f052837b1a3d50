"""The `datasource` of a Prisma schema: which database it is for, and with which extensions."""

from collections.abc import Iterator, Sequence

from bdc.catalog import Extension
from bdc.importing.prisma.parse import Block, Call, text_of


def provider_of(blocks: Sequence[Block]) -> str:
    """Return the kind of database that a schema is for."""
    source = next((block for block in blocks if block.kind == "datasource"), None)
    return (text_of(source.settings.get("provider")) if source else None) or "postgresql"


def extensions_of(blocks: Sequence[Block]) -> Iterator[Extension]:
    for block in blocks:
        listed = block.settings.get("extensions") if block.kind == "datasource" else None
        for each in listed if isinstance(listed, list) else ():
            name = each.name if isinstance(each, Call) else str(each)
            mapped = text_of(each.get("map")) if isinstance(each, Call) else None
            schema = text_of(each.get("schema")) if isinstance(each, Call) else None
            yield Extension(name=mapped or name, schema_name=None if schema == "public" else schema)
