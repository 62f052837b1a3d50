"""E4: what the language has and this release does not build yet."""

from bdc.diagnostics import Fact
from bdc.diagnostics.catalogue.analysis import NOT_SUPPORTED
from bdc.source import Span
from bdc.source.records import dataclass


@dataclass(frozen=True, slots=True)
class NotSupported(Fact):
    DIAGNOSTIC = NOT_SUPPORTED

    what: str
    span: Span
    help: str = ""

    @property
    def remedy(self) -> str:
        return self.help or "remove it: a later release will support it"
