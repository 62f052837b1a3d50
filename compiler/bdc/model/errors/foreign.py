"""A name that another language has, and this one says otherwise."""

import re
from collections.abc import Mapping
from typing import ClassVar

from bdc.diagnostics import Misspelt

_ATTRIBUTE = re.compile(r"`@(\w+)")


class Foreign(Misspelt):
    """A name that may be a word of another language: then what to write here is said, instead of a name that looks alike."""

    __slots__ = ()
    WORDS: ClassVar[Mapping[str, str]] = {}

    @property
    def advice(self) -> str:
        """What to write here; '' where nothing is known, or where only attributes would help that cannot stand here."""
        found = self.WORDS.get(self.name.lower(), "")
        named = _ATTRIBUTE.findall(found)
        return found if self.MARK == "" or not named or set(named) & set(self.candidates) else ""

    @property
    def close(self) -> str | None:
        return None if self.advice else super().close

    def help_text(self) -> str:
        return self.advice or super().help_text()
