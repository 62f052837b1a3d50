"""The built LALR tables, kept between runs."""

import contextlib
import hashlib
import os
import pickle
import sys
from pathlib import Path
from threading import Lock

import lark
from lark import Lark

from bdc.source import user_cache
from bdc.syntax.build import Builder
from bdc.syntax.tables import packed, unpacked
from bdc_grammar import grammar_text

# One parser per process: Lark calls one builder, and the builder must know the file; so a parse holds this lock.
LOCK = Lock()
BUILDER = Builder()
_BUILT: list[Lark] = []


def grammar() -> Lark:
    """Return the parser, from the user's cache when it is there (building it takes most of a second)."""
    if not _BUILT:
        _BUILT.append(load_grammar(user_cache()))
    return _BUILT[0]


def load_grammar(folder: Path | None) -> Lark:
    """Return the parser as it was kept in `folder`, or build it and keep it there.

    Whatever is wrong with the folder or the file costs the time of building, nothing else.
    """
    if folder is None:
        return _build()
    digest = hashlib.sha256(
        f"{lark.__version__} {sys.version_info[:2]} {grammar_text()}".encode()
    ).hexdigest()
    file = folder / f"grammar-{digest[:16]}.packed"
    # A file that was cut short can fail in any way that unpickling can.
    with contextlib.suppress(Exception):
        return unpacked(pickle.loads(file.read_bytes()), BUILDER)
    built = _build()
    with contextlib.suppress(OSError):
        _keep(built, file)
    return built


def _build() -> Lark:
    return Lark(grammar_text(), parser="lalr", lexer="basic", keep_all_tokens=True, transformer=BUILDER)


def _keep(built: Lark, file: Path) -> None:
    """Write the tables; they appear under their name when they are whole, because another process may be reading."""
    fresh = file.with_suffix(f".{os.getpid()}.tmp")
    with fresh.open("wb") as out:
        pickle.dump(packed(built), out, protocol=pickle.HIGHEST_PROTOCOL)
    fresh.replace(file)
