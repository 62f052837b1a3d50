"""Reading chapters: their examples, the mistakes marked in them, and what they claim the examples become.

A chapter in `specs/language` holds fenced blocks. Those that are looked at:

- `bds`: a whole specification of one file.
- `bds files`: a whole specification of several files; `// file: name.bds` begins each.
- `bds fragment`: one more file of the module `shop`, beside the example of `README.md` (its first block).
- `sql`, `graphql`: every line occurs in the migration or the SDL that the example before it builds (`…` stands for any text).
- `http`: every line is `METHOD /path?query CODE …`, and the OpenAPI document of the example before it has all of that.

A line of an example that ends in `// error: E203` (or `// warning: E412`) gives that code, or those codes, in order; and
nothing else is given.
"""

import re
from dataclasses import dataclass
from pathlib import Path

from bdc.source import SourceFile

FOLDER = Path(__file__).parents[2] / "specs" / "language"
CHAPTERS = sorted(FOLDER.glob("*.md"))
EXAMPLES = ("bds", "bds fragment", "bds files")
CLAIMS = ("sql", "graphql", "http")
HEAD = "bds 1\nmodule shop\n"

_BLOCK = re.compile(r"^```([a-z ]+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"^// file: (\S+)\n", re.MULTILINE)
_MARKS = re.compile(r"// (?:error|warning): ((?:E\d{3} ?)+)$")


@dataclass(frozen=True)
class Claim:
    """What a block says that an example becomes."""

    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Example:
    """A block of a chapter, as the files it stands for."""

    name: str
    text: str
    files: tuple[SourceFile, ...]
    claims: tuple[Claim, ...] = ()

    @property
    def mistakes(self) -> list[str]:
        """Return `file:line code` for every mark, in order."""
        return [
            f"{file.path}:{number} {code}"
            for file in self.files
            for number, line in enumerate(file.text.splitlines(), 1)
            if (marks := _MARKS.search(line)) is not None
            for code in marks[1].split()
        ]


def examples() -> list[Example]:
    """Return every example of every chapter, with the claims that follow it."""
    return [example for path in CHAPTERS for example in _of(path)]


def prelude() -> SourceFile:
    """Return the example that fragments stand beside."""
    text = (FOLDER / "README.md").read_text(encoding="utf-8")
    return SourceFile("prelude.bds", next(body for kind, body in _BLOCK.findall(text) if kind == "bds"))


def _of(path: Path) -> list[Example]:
    text = path.read_text(encoding="utf-8")
    found: list[Example] = []
    for block in _BLOCK.finditer(text):
        kind, body = block[1], block[2]
        if kind in EXAMPLES:
            name = f"{path.stem}:{text.count(chr(10), 0, block.start()) + 1}"
            found.append(Example(name, body, _files(kind, body)))
        elif kind in CLAIMS:
            last = found.pop()
            claim = Claim(kind, tuple(line.strip() for line in body.splitlines() if line.strip()))
            found.append(Example(last.name, last.text, last.files, (*last.claims, claim)))
    return found


def _files(kind: str, body: str) -> tuple[SourceFile, ...]:
    if kind == "bds fragment":
        return (prelude(), SourceFile("example.bds", HEAD + body))
    if kind == "bds files":
        _, *parts = _FILE.split(body)
        return tuple(SourceFile(name, text) for name, text in zip(parts[::2], parts[1::2], strict=True))
    return (SourceFile("example.bds", body),)
