"""Runtime modules: ordinary files kept in an emitter's `runtime/` folder and copied as they are. A test holds them to the formatter."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from importlib.resources import files
from importlib.resources.abc import Traversable

from bdc.output.files import GeneratedFile, Ownership

COMPRESSED = ".gz"


def runtime_files(
    package: str, folder: str = "runtime", ownership: Ownership = Ownership.GENERATED
) -> tuple[GeneratedFile, ...]:
    """Return every file below `folder` of `package`, at the same path in the output, in path order."""
    root = files(package).joinpath(folder)
    found = sorted(_walk(root, ""), key=lambda pair: pair[0])
    return tuple(_file(path, entry, ownership) for path, entry in found)


def _file(path: str, entry: Traversable, ownership: Ownership) -> GeneratedFile:
    if path.endswith(COMPRESSED):
        return GeneratedFile(path, "", ownership, formatted=True, data=entry.read_bytes())
    return GeneratedFile(path, entry.read_text(encoding="utf-8"), ownership, formatted=True)


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.name == "__pycache__" or entry.name.endswith((".pyc", "_cache")):  # what tools leave behind
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry


def adapted(file: GeneratedFile, changes: Mapping[str, str]) -> GeneratedFile:
    """Return a runtime file for a system that needs a little more of it: `changes` are texts and what stands for them. ValueError where one is not
    there exactly once, so that a change of the file cannot lose it."""
    text = file.content
    for old, new in changes.items():
        if text.count(old) != 1:
            raise ValueError(f"{file.path}: expected once: {old!r}")
        text = text.replace(old, new)
    return replace(file, content=text, formatted=False)
