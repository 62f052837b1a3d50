"""What one GraphQL request may cost, and who may look at the schema."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Settings:
    """`depth` counts nested selections, `cost` rows that a query may ask for (lists multiplied). `introspection`: always,
    dev (outside production) or never. The other limits bound the work before a cost is known, and the memory that remembered documents take.
    `package`: where the schema was generated, `text`: the file of its text. `body`: bytes of a request, where that is more than the limit of all requests. `persisted`: requests
    may name documents, and in production no others are answered."""

    path: str
    depth: int
    cost: int
    introspection: str
    bytes: int = 131_072
    tokens: int = 5_000
    fields: int = 1_000
    aliases: int = 50
    duplicates: int = 10
    operations: int = 50
    fragments: int = 100
    repeated: int = 20_000
    documents: int = 1_000
    cached_characters: int = 1_000_000
    plans: int = 100
    body: int = 0
    persisted: bool = False
    package: str = "api.graphql"
    text: str = "schema.graphql"

    def may_introspect(self, production: bool) -> bool:
        """Say whether `__schema` and `__type` are answered."""
        return self.introspection == "always" or (self.introspection == "dev" and not production)
