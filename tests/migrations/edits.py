"""Changes of the shop as its authors would make them: what is replaced in which file, by what."""

from dataclasses import dataclass

from bdc.source import SourceFile

Replacement = tuple[str, str]


@dataclass(frozen=True)
class Edit:
    name: str
    replacements: tuple[Replacement, ...]

    def apply(self, files: tuple[SourceFile, ...]) -> tuple[SourceFile, ...]:
        """Return the files after the edit; every replacement has to find its text."""
        found = {file.path: file.text for file in files}
        for old, new in self.replacements:
            places = [path for path, text in found.items() if old in text]
            assert places, f"{self.name}: nothing says {old!r}"
            found |= {path: found[path].replace(old, new) for path in places}
        return tuple(SourceFile(path, text) for path, text in found.items())


def edit(name: str, *replacements: Replacement) -> Edit:
    return Edit(name, replacements)


EDITS = (
    edit("a field that may be empty", ("  attributes: json?\n", "  attributes: json?\n  colour: text?\n")),
    edit("a field with a default", ("  attributes: json?\n", "  attributes: json?\n  rank: int = 7\n")),
    edit(
        "a required field, filled",
        ("  attributes: json?\n", "  attributes: json?\n  slug: string(1..300) @backfill(lower(title))\n"),
    ),
    edit(
        "a field has another name",
        ("  stock: int = 0\n", "  in_stock: int = 0 @was(stock)\n"),
        ("check stock_not_negative (stock", "check stock_not_negative (in_stock"),
    ),
    edit("a relation has another name", ("  user: User? @on", "  login: User? @was(user) @on"), ("customer.user", "customer.login"), ("when user ==", "when login ==")),
    edit("a field goes", ("  attributes: json?\n", "  dropped attributes\n")),
    edit("a field and its values go", ("  attributes: json?\n", "  dropped attributes @discard\n")),
    edit("a limit grows", ("number: string(1..20)", "number: string(1..24)")),
    edit("a limit shrinks", ("  note: string(..500)?", "  note: string(..400)?")),
    edit("text may be longer than anything", ("  note: string(..500)?", "  note: text?")),
    edit("a number becomes a wide one", ("  stock: int = 0", "  stock: bigint = 0")),
    edit("a value of an enum comes", ("  shipped\n", "  shipped\n  returned\n")),
    edit("a value of an enum has another name", ("enum Tier { standard,", "enum Tier { regular @was(standard),"), ("tier: Tier = standard", "tier: Tier = regular")),
    edit("a value of an enum goes", ("gold, platinum }", "gold  dropped platinum @backfill(gold) }")),
    edit("an index comes", ("  index (org, price)\n", "  index (org, price)\n  index (org, stock)\n")),
    edit("an index goes", ("  index (org, status, created_at desc)\n", "  index (org, status, created_at)\n")),
    edit("a unique comes", ("  index (org, price)\n", "  index (org, price)\n  unique (org, title)\n")),
    edit("a check comes", ("  check stock_not", "  check cheap (price < 1_000_000)\n  check stock_not")),
    edit("a check changes", ("(stock >= 0)", "(stock >= -5)")),
    edit(
        "a table comes",
        ("entity Tag with", "entity Shelf with Tenanted {\n  id: uuid = uuid7() @id\n  label: text\n  unique (org, label)\n}\n\nentity Tag with"),
        ("  attributes: json?\n", "  attributes: json?\n  shelf: Shelf? @on_delete(set_null)\n"),
    ),
    edit("a rule is added", ("  allow read to member when id == actor.org\n", "  allow read to member when id == actor.org\n  allow update to manager when id == actor.org\n")),
    edit("a rule is narrowed", ("  allow update to member when old.status in [draft, placed]", "  allow update to member when old.status == draft")),
    edit("an entity is audited", ("entity Product with Tenanted, Timestamps {", "entity Product with Tenanted, Timestamps @audited {")),
    edit("an entity is versioned", ("entity Product with Tenanted, Timestamps {", "entity Product with Tenanted, Timestamps @versioned {")),
    edit("a comment changes", ("/// A company that sells", "/// A firm that sells")),
    edit("the last day of a row", ("entity Product with Tenanted, Timestamps {", "entity Product with Tenanted, Timestamps, SoftDelete {")),
)  # fmt: skip
