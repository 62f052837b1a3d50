"""What an emitter hands out: files in memory, each with an owner."""

from enum import StrEnum

from bdc.source.records import dataclass


class Ownership(StrEnum):
    """The owner of a file after the build.

    GENERATED is rewritten by each build, which refuses when it was edited; SCAFFOLD is written once and then belongs
    to the user; OWN is a copy of a file that the user keeps beside the specification: it follows that, unless the copy was edited;
    MIGRATION is append-only: never rewritten, never deleted.
    """

    GENERATED = "generated"
    SCAFFOLD = "scaffold"
    OWN = "own"
    MIGRATION = "migration"


@dataclass(frozen=True, slots=True)
class GeneratedFile:
    """A file at `path` (relative to the output folder, forward slashes). Python text is formatted by the writer.
    `note`: what the summary of a build says about it. `formatted`: it is as the formatter writes it already. `data`: the content of a
    file that is not text; `content` is '' then."""

    path: str
    content: str
    ownership: Ownership = Ownership.GENERATED
    executable: bool = False
    note: str = ""
    formatted: bool = False
    data: bytes | None = None

    @classmethod
    def of(
        cls, path: str, content: str | bytes, ownership: Ownership = Ownership.GENERATED
    ) -> "GeneratedFile":
        """Return the file that holds a text, or bytes that are no text."""
        if isinstance(content, bytes):
            return cls(path, "", ownership, data=content)
        return cls(path, content, ownership)

    @property
    def encoded(self) -> bytes:
        """Return the content as it is on disk."""
        return self.content.encode() if self.data is None else self.data
