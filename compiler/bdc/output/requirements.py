"""What user code needs beside what the emitted service runs on: two files beside the specification, added to the emitted ones.

`requirements.in` declares (`stripe>=12`), `requirements.lock` pins with hashes. What the service is pinned to already stays pinned to that:
a new release of bdc may pin another version than the file beside the specification was locked with.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from bdc.output.files import GeneratedFile
from bdc.source.records import dataclass

DECLARED, LOCKED = "requirements.in", "requirements.lock"
_LOCKS = (LOCKED, "requirements-dev.lock")
_NAME = re.compile(r"[A-Za-z0-9](?:[\w.-]*[A-Za-z0-9])?")


@dataclass(frozen=True, slots=True)
class Requirements:
    """The texts of `requirements.in` and `requirements.lock`; empty where there is none."""

    declared: str = ""
    locked: str = ""

    @property
    def names(self) -> tuple[str, ...]:
        """The packages that are declared."""
        return tuple(name for line in _lines(self.declared) if (name := name_of(line)))

    @property
    def unreadable(self) -> tuple[str, ...]:
        """Lines of `requirements.in` that name no package: options, and other files."""
        return tuple(line for line in _lines(self.declared) if name_of(line) is None)

    @property
    def unlocked(self) -> tuple[str, ...]:
        """Packages that are declared and not pinned with a hash."""
        pinned = {name for name, block in blocks(self.locked) if "--hash=" in block}
        return tuple(name for name in self.names if name not in pinned)


NO_REQUIREMENTS = Requirements()


def name_of(line: str) -> str | None:
    """Return the package that a line of a requirements file names, spelled as indexes compare names; None for an option."""
    found = _NAME.match(line.strip())
    return re.sub(r"[-_.]+", "-", found[0]).lower() if found else None


def _lines(text: str) -> Iterator[str]:
    for line in text.splitlines():
        bare = re.sub(r"(^|\s)#.*", "", line).strip()
        if bare:
            yield bare


def blocks(lock: str) -> Iterator[tuple[str, str]]:
    """Yield each pin of a lock: its package, and its lines without comments."""
    joined = re.sub(r"\\\n\s*", "\0", "\n".join(re.sub(r"^\s*#.*", "", line) for line in lock.splitlines()))
    for line in joined.splitlines():
        name = name_of(line)
        if name is not None:
            yield name, line.strip().replace("\0", "\\\n    ")


_YOURS = "What your code needs, from requirements.in beside the specification."


def with_requirements(
    files: Iterable[GeneratedFile], own: Requirements, why: str = _YOURS
) -> list[GeneratedFile]:
    """Return the files of a build with what user code needs, or what is needed `why`, added to the requirements among them."""
    if not own.declared.strip():
        return list(files)
    return [_added(file, own, why) for file in files]


def _added(file: GeneratedFile, own: Requirements, why: str) -> GeneratedFile:
    if file.path == DECLARED:
        said = (f"# {why}", *_lines(own.declared))
        return replace(file, content=_joined(file.content, said))
    if file.path in _LOCKS:
        taken = {name for name, _ in blocks(file.content)}
        more = [block for name, block in blocks(own.locked) if name not in taken]
        return replace(file, content=_joined(file.content, more))
    return file


def _joined(text: str, more: Sequence[str]) -> str:
    return text.rstrip("\n") + "\n" + "".join(f"{line}\n" for line in more)
