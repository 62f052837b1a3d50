"""Finding and reading the files of a specification. The only part of the front end that touches the disk."""

from pathlib import Path

from bdc.diagnostics import DiagnosticSink, Fact
from bdc.diagnostics.catalogue import project as declared
from bdc.output import GeneratedFile, Ownership
from bdc.output.requirements import DECLARED, LOCKED, NO_REQUIREMENTS, Requirements
from bdc.source import SourceFile, Span
from bdc.source.beside import read_named
from bdc.source.records import dataclass

SKIPPED_FOLDERS = {"build", "dist", "node_modules", "__pycache__"}
MAX_FILE_BYTES = 4 * 1024 * 1024
# Code that is kept beside the specification: it takes the place of the scaffolds.
OWN_CODE = "services/business"
OWN_FILES = ("api/extensions.py", "api/graphql/extensions.py")
# Documents of GraphQL that clients were built with.
OWN_DOCUMENTS = "api/graphql/documents"
# The same of the schemas of further apis.
OWN_OF_OTHERS = ("api/graphql/*/extensions.py", "api/graphql/*/documents/**/*")


@dataclass(frozen=True, slots=True)
class SpecNotFound(Fact):
    DIAGNOSTIC = declared.SPEC_NOT_FOUND

    path: str


@dataclass(frozen=True, slots=True)
class NoSpecFiles(Fact):
    DIAGNOSTIC = declared.NO_SPEC_FILES

    path: str


@dataclass(frozen=True, slots=True)
class UnreadableFile(Fact):
    DIAGNOSTIC = declared.UNREADABLE_FILE

    path: str
    reason: str


@dataclass(frozen=True, slots=True)
class NotUtf8(Fact):
    DIAGNOSTIC = declared.NOT_UTF8

    path: str
    line: int
    column: int
    offset: int

    def primary_span(self) -> Span:
        return Span(self.path, self.offset, self.offset + 1)


@dataclass(frozen=True, slots=True)
class FileTooLarge(Fact):
    DIAGNOSTIC = declared.FILE_TOO_LARGE

    path: str
    size: int

    @property
    def limit(self) -> int:
        return MAX_FILE_BYTES


@dataclass(frozen=True, slots=True)
class UnreadableRequirement(Fact):
    DIAGNOSTIC = declared.UNREADABLE_REQUIREMENT

    line: str


@dataclass(frozen=True, slots=True)
class UnlockedRequirement(Fact):
    DIAGNOSTIC = declared.UNLOCKED_REQUIREMENT

    package: str


@dataclass(frozen=True)
class Project:
    """The files of one specification, in path order, with display paths relative to `root`, and what the user's code needs."""

    root: Path
    files: tuple[SourceFile, ...]
    requirements: Requirements = NO_REQUIREMENTS


def load_project(spec: Path, sink: DiagnosticSink) -> Project:
    """Read every `.bds` file of `spec` (a file or a folder). Problems go to the sink; what could be read is returned."""
    if not spec.exists():
        sink.add(SpecNotFound(spec.as_posix()))
        return Project(spec, ())
    root = spec if spec.is_dir() else spec.parent
    paths = sorted(_spec_files(spec), key=lambda path: path.relative_to(root).as_posix())
    if not paths:
        sink.add(NoSpecFiles(spec.as_posix()))
    read = (read_source(path, path.relative_to(root).as_posix(), sink) for path in paths)
    return Project(root, tuple(file for file in read if file is not None), load_requirements(root, sink))


def load_requirements(root: Path, sink: DiagnosticSink) -> Requirements:
    """Read what user code needs from the two files beside the specification. Problems go to the sink."""
    texts = []
    for name in (DECLARED, LOCKED):
        file = read_source(root / name, name, sink) if (root / name).is_file() else None
        texts.append(file.text if file is not None else "")
    found = Requirements(*texts)
    for line in found.unreadable:
        sink.add(UnreadableRequirement(line))
    for package in found.unlocked:
        sink.add(UnlockedRequirement(package))
    return found


def _spec_files(spec: Path) -> list[Path]:
    if spec.is_file():
        return [spec]
    return [path for path in spec.rglob("*.bds") if not is_skipped(path.relative_to(spec))]


def is_skipped(relative: Path) -> bool:
    """Whether a file stands in a folder that holds no specification: what was built or installed, and hidden ones."""
    return any(part in SKIPPED_FOLDERS or part.startswith(".") for part in relative.parts[:-1])


def read_source(path: Path, display: str, sink: DiagnosticSink) -> SourceFile | None:
    """Read one file; None (and a diagnostic) when it cannot be read or is not UTF-8."""
    try:
        size = path.stat().st_size
        if size > MAX_FILE_BYTES:
            sink.add(FileTooLarge(display, size))
            return None
        data = path.read_bytes()
    except OSError as error:
        sink.add(UnreadableFile(display, error.strerror or str(error)))
        return None
    try:
        text = data.decode("utf-8-sig")
        return SourceFile(display, text, read_named(text, lambda name: (path.parent / name).read_bytes()))
    except UnicodeDecodeError as error:
        good = data[: error.start].decode("utf-8", "replace")
        position = SourceFile(display, good).position(len(good))
        sink.add(NotUtf8(display, position.line, position.column, len(good)))
        return None


def own_code(root: Path) -> list[GeneratedFile]:
    """Return the code that the user keeps beside the specification: business code, and routes or GraphQL fields of his own. The copy
    in the output follows it, unless that was edited."""
    return [
        GeneratedFile(path.relative_to(root).as_posix(), path.read_text(encoding="utf-8"), Ownership.OWN)
        for path in own_paths(root)
    ]


def own_paths(root: Path) -> list[Path]:
    """Return the files of the user's code beside the specification."""
    files = [root / name for name in OWN_FILES]
    documents = sorted((root / OWN_DOCUMENTS).rglob("*"))
    others, more = (sorted(root.glob(pattern)) for pattern in OWN_OF_OTHERS)
    files += [path for path in others if path.parent.name not in ("engine", "documents")]
    documents += [path for path in more if path.relative_to(root).parts[2] not in ("engine", "documents")]
    return [
        *sorted((root / OWN_CODE).rglob("*.py")),
        *(path for path in files if path.is_file()),
        *(path for path in documents if path.suffix in (".graphql", ".json")),
    ]
