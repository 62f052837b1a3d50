"""Bytes of a file that others wrote → text that a specification can hold."""

import codecs
import re

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def decoded(data: bytes) -> tuple[str, str | None]:
    """Return the text of a file, and how it was read where that is a guess: by its byte order mark, as UTF-8, as UTF-16 without a mark
    where every other byte is zero, and else as Latin-1, which reads anything. Control characters become blanks."""
    named = next((name for mark, name in _MARKS if data.startswith(mark)), None) or _without_mark(data)
    for encoding, told in (
        (named, None),
        ("utf-8", None),
        ("latin-1", "it is not UTF-8, and was read as Latin-1"),
    ):
        if encoding is None:
            continue
        try:
            return plain(data.decode(encoding)), told
        except UnicodeDecodeError:
            pass
    raise AssertionError("Latin-1 reads anything")


def _without_mark(data: bytes) -> str | None:
    head = data[:64]
    if len(head) >= 4 and head[1::2].count(0) == len(head[1::2]):
        return "utf-16-le"
    return "utf-16-be" if len(head) >= 4 and head[0::2].count(0) == len(head[0::2]) else None


def plain(text: str) -> str:
    """Return the text with line feeds for all ends of lines, and blanks for characters that no database or file holds."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\u2028", "\n").replace("\u2029", "\n")
    return _CONTROL.sub(" ", text.removeprefix("\ufeff"))
