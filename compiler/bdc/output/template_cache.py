"""Compiled templates, kept between runs: compiling them takes longer than filling them for a small specification.

A file is named after the source, the options, Jinja2 and Python, and begins with the digest of its content: one that is stale is not found, and one
that is damaged counts as missing.
"""

import contextlib
import hashlib
import os
import sys
from pathlib import Path

import jinja2
from jinja2.bccache import Bucket, BytecodeCache

from bdc.source import user_cache

_DIGEST = hashlib.sha256().digest_size


class TemplateCache(BytecodeCache):
    """Keeps code in `folder`, or nothing where there is no folder. `options`: those of the environment, in words."""

    def __init__(self, folder: Path | None, options: str) -> None:
        self._folder = folder
        self._made_by = f"{jinja2.__version__} {sys.version} {options}"

    def get_source_checksum(self, source: str) -> str:
        return hashlib.sha256(f"{self._made_by}\0{source}".encode()).hexdigest()

    def load_bytecode(self, bucket: Bucket) -> None:
        if self._folder is None:
            return
        with contextlib.suppress(OSError):
            kept = self._file(bucket, self._folder).read_bytes()
            digest, code = kept[:_DIGEST], kept[_DIGEST:]
            if hashlib.sha256(code).digest() == digest:
                bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        if self._folder is None:
            return
        code = bucket.bytecode_to_string()
        file = self._file(bucket, self._folder)
        fresh = file.with_suffix(f".{os.getpid()}.tmp")
        with contextlib.suppress(OSError):
            fresh.write_bytes(hashlib.sha256(code).digest() + code)
            fresh.replace(file)  # whole or not at all: another process may be reading

    @staticmethod
    def _file(bucket: Bucket, folder: Path) -> Path:
        return folder / f"{bucket.key}-{bucket.checksum[:16]}.code"


def template_cache(options: str) -> TemplateCache:
    """Return the cache in the user's folder."""
    folder = user_cache()
    if folder is None:
        return TemplateCache(None, options)
    folder = folder / "templates"
    with contextlib.suppress(OSError):
        folder.mkdir(exist_ok=True)
    return TemplateCache(folder, options)
