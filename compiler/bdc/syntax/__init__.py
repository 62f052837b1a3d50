"""Text to tree and back: the only room that knows Lark.

What comes in: a `SourceFile`. What goes out: `parse` gives a `SourceTree` (`bdc.syntax.ast`) for any text at all, with every
mistake of the file in the sink; `format_file` gives its text in the one form. Deliberately absent: what names refer to, what attributes mean, whether types fit.

Read: `ast`, then `parse` (the loop), `build` (rules to nodes), `lexemes` (tokens); what happens to broken text is in
`recovery` (skip to the next item), `repair` (mend and go on), `brackets`, `expected` and `errors`.
"""

from bdc.syntax.ast import SourceTree
from bdc.syntax.format import format_file
from bdc.syntax.parse import parse

__all__ = ["SourceTree", "format_file", "parse"]
