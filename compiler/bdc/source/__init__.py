"""Files, spans and line numbers: the ground every other room stands on. Knows nothing else."""

from bdc.source.cache import user_cache
from bdc.source.file import Position, SourceFile
from bdc.source.span import Span

__all__ = ["Position", "SourceFile", "Span", "user_cache"]
