"""Text to tree and back: the only room that knows Lark.

What comes in: a `SourceFile`. What goes out: `parse` gives a `SourceTree` (`bdc.syntax.ast`) for any text at all, with every
mistake of the file in the sink; `format_file` gives its text in the one form. Deliberately absent: what names refer to, what attributes mean, whether types fit.
"""

from bdc.syntax.ast import SourceTree
from bdc.syntax.format import format_file
from bdc.syntax.parse import parse

__all__ = ["SourceTree", "format_file", "parse"]
