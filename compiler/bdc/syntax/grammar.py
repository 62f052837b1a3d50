"""The built LALR tables, kept between runs."""

import hashlib
import os
import sys
from pathlib import Path
from threading import Lock

from lark import Lark

from bdc.syntax.build import Builder
from bdc_grammar import grammar_text

# One parser per process: Lark calls one builder, and the builder must know the file; so a parse holds this lock.
LOCK = Lock()
BUILDER = Builder()
_BUILT: list[Lark] = []


def grammar() -> Lark:
    """Return the parser, from the user's cache when it is there (building it takes most of a second)."""
    if not _BUILT:
        cache = _cache_file()
        _BUILT.append(build_grammar(str(cache) if cache else False))
    return _BUILT[0]


def build_grammar(cache: str | bool = False) -> Lark:
    """Build the parser; `cache` names a file to read it from or leave it in.

    A file that is missing, cut short or of another grammar is built anew and written again by Lark; what it writes depends
    on the grammar alone, so two who write at once write the same.
    """
    return Lark(
        grammar_text(), parser="lalr", lexer="basic", keep_all_tokens=True, transformer=BUILDER, cache=cache
    )


def _cache_file() -> Path | None:
    """Return where the tables belong, or None when there is no folder of the user's own to keep them in."""
    home = os.environ.get("XDG_CACHE_HOME") or str(Path("~/.cache").expanduser())
    folder = Path(home) / "bdc"
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The file is unpickled: nobody else may be able to write it.
        mine = folder.stat().st_uid == os.getuid() if hasattr(os, "getuid") else True
    except (OSError, RuntimeError):
        return None
    if not mine or not os.access(folder, os.W_OK):
        return None
    digest = hashlib.sha256(grammar_text().encode()).hexdigest()[:16]
    return folder / f"grammar-{digest}-{sys.version_info[0]}{sys.version_info[1]}.pickle"
