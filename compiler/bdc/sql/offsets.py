"""Offsets in bytes of UTF-8, which the parser counts, and in characters, which everything else counts."""

from dataclasses import field
from functools import cached_property

from bdc.source.records import dataclass


@dataclass(frozen=True)
class Offsets:
    """The two ways to count in `text`."""

    text: str = field(repr=False)

    @cached_property
    def _starts(self) -> list[int] | None:
        """The byte at which each character begins; None where bytes are characters."""
        if self.text.isascii():
            return None
        starts, at = [], 0
        for char in self.text:
            starts.append(at)
            at += len(char.encode("utf-8", "surrogatepass"))
        return [*starts, at]

    def character(self, byte: int) -> int:
        """Return the character that holds `byte`."""
        if self._starts is None:
            return byte
        from bisect import bisect_right

        return max(0, bisect_right(self._starts, byte) - 1)
