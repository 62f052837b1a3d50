"""Runtime modules: ordinary files kept in an emitter's `runtime/` folder and copied as they are. A test holds them to the formatter."""

from collections.abc import Iterator
from importlib.resources import files
from importlib.resources.abc import Traversable

from bdc.output.files import GeneratedFile, Ownership


def runtime_files(
    package: str, folder: str = "runtime", ownership: Ownership = Ownership.GENERATED
) -> tuple[GeneratedFile, ...]:
    """Return every file below `folder` of `package`, at the same path in the output, in path order."""
    root = files(package).joinpath(folder)
    found = ((path, entry.read_text(encoding="utf-8")) for path, entry in _walk(root, ""))
    return tuple(GeneratedFile(path, text, ownership, formatted=True) for path, text in sorted(found))


def _walk(folder: Traversable, prefix: str) -> Iterator[tuple[str, Traversable]]:
    for entry in folder.iterdir():
        if entry.name == "__pycache__" or entry.name.endswith((".pyc", "_cache")):  # what tools leave behind
            continue
        if entry.is_dir():
            yield from _walk(entry, f"{prefix}{entry.name}/")
        else:
            yield prefix + entry.name, entry
