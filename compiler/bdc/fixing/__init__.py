"""`bdc check --fix`: the fixes of diagnostics applied to the files of a specification.

What comes in: source files. What goes out: the same files after every fix that is sure, and what was applied. A fix after which there
is an error that was not there before is left out. The files on disk change in `write` only.
"""

import shutil
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from bdc.diagnostics import Diagnostic, Fix, Severity
from bdc.diagnostics.edits import apart, apply
from bdc.pipeline import compile_system
from bdc.source import SourceFile
from bdc.source.records import dataclass

_MOST_ROUNDS = 12
_MOST_SINGLE = 60
Sources = dict[str, SourceFile]
# What a problem is known by while places move: its code and its message.
Key = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Applied:
    """A fix as it is told: the place in the text before it, the code, and its title."""

    place: str
    code: str
    title: str


@dataclass(frozen=True, slots=True)
class Fixed:
    """`refused`: fixes that would have led to a new error, each with the message of that error."""

    files: Sources
    applied: tuple[Applied, ...]
    refused: tuple[tuple[Applied, str], ...] = ()


def fixed(files: Sequence[SourceFile]) -> Fixed:
    """Apply every sure fix of `files`, again until nothing changes; where that leads to a new error, one by one. Pure."""
    before = {file.path: file for file in files}
    known = _errors(_found(before))
    together = _together(before)
    if not _errors(_found(together.files)) - known:
        return together
    return _one_by_one(before, known)


def _together(files: Sources) -> Fixed:
    """Apply in each round all fixes that do not touch each other, but those that left their problem where it was."""
    applied: list[Applied] = []
    useless: set[Key] = set()
    for _ in range(_MOST_ROUNDS):
        found = _found(files)
        offered = {fix: each for fix, each in _offered(found) if _key(each) not in useless}
        chosen = list(apart(offered))
        after = apply(chosen, files)
        if after == files:
            break
        gone = _keys(found) - _keys(_found(after))
        idle = {key for fix in chosen if (key := _key(offered[fix])) not in gone}
        useless |= idle
        if not idle:
            applied += [_told(offered[fix], fix, files) for fix in chosen]
            files = after
    return Fixed(files, tuple(applied))


def _one_by_one(files: Sources, known: Counter[Key]) -> Fixed:
    applied: list[Applied] = []
    refused: dict[Key, tuple[Applied, str]] = {}
    for _ in range(_MOST_SINGLE):
        found = _found(files)
        offers = ((fix, each) for fix, each in _offered(found) if _key(each) not in refused)
        fix, one = next(offers, (None, None))
        if fix is None or one is None:
            break
        after, told = apply([fix], files), _told(one, fix, files)
        left = _found(after)
        new = _errors(left) - known
        if new or _keys(left)[_key(one)] >= _keys(found)[_key(one)]:
            refused[_key(one)] = (told, next((message for _, message in new), one.message))
        else:
            applied.append(told)
            files = after
    return Fixed(files, tuple(applied), tuple(refused.values()))


def _found(files: Sources) -> tuple[Diagnostic, ...]:
    return compile_system(list(files.values())).diagnostics


def _errors(found: Sequence[Diagnostic]) -> Counter[Key]:
    return _keys([each for each in found if each.severity is Severity.ERROR])


def _keys(found: Sequence[Diagnostic]) -> Counter[Key]:
    return Counter(map(_key, found))


def _key(found: Diagnostic) -> Key:
    return found.code, found.message


def _offered(found: Sequence[Diagnostic]) -> Iterator[tuple[Fix, Diagnostic]]:
    for each in found:
        if each.fix is not None and each.fix.is_sure and each.fix.edits and each.primary is not None:
            yield each.fix, each


def _told(found: Diagnostic, fix: Fix, files: Sources) -> Applied:
    assert found.primary is not None
    file = files[found.primary.span.file]
    line, column = file.position(found.primary.span.start)
    return Applied(f"{file.path}:{line}:{column}", found.code, fix.title)


def write(root: Path, before: Sequence[SourceFile], after: Sources) -> tuple[str, ...]:
    """Write the files that changed, each at once, with the byte order mark and the mode that it has. Returns the paths of those that
    were edited by another program meanwhile, which are left alone."""
    left = []
    for file in before:
        text = after[file.path].text
        if text != file.text and not _replace(root / file.path, file.text, text):
            left.append(file.path)
    return tuple(left)


def _replace(path: Path, old: str, new: str) -> bool:
    path = path.resolve()
    data = path.read_bytes()
    if data.decode("utf-8-sig") != old:
        return False
    mark = b"\xef\xbb\xbf" if data.startswith(b"\xef\xbb\xbf") else b""
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as made:
        made.write(mark + new.encode("utf-8"))
    try:
        shutil.copymode(path, made.name)
        Path(made.name).replace(path)
    except OSError:
        Path(made.name).unlink(missing_ok=True)
        raise
    return True
