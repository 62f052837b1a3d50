"""One way to write a file: `bdc fmt`.

What comes in: a file. What goes out: its text in the one form, or None if it does not parse, because what cannot be read must
not be rewritten. The form: two blanks per level; nothing aligned; one blank line at most; a block in braces keeps the form
its author gave it, on one line or broken, as long as it fits; what is longer than 88 columns breaks, one part per line.
Comments stay with what they stood beside, and SQL is left as it is.

It walks over tokens, so that nothing that is written can be lost, and asks the tree where things begin. Deliberately absent:
any change of words, order, or quotes.
"""

from bdc.diagnostics import DiagnosticSink
from bdc.source import SourceFile
from bdc.syntax.format.document import render
from bdc.syntax.format.facts import facts_of
from bdc.syntax.format.gaps import gaps
from bdc.syntax.format.layout import Formatter
from bdc.syntax.grammar import grammar
from bdc.syntax.lexemes import tokens
from bdc.syntax.parse import parse


def format_file(file: SourceFile, sink: DiagnosticSink) -> str | None:
    """Return the formatted text; None, with the reasons in the sink, if the file has errors."""
    own = DiagnosticSink()
    tree = parse(file, own)
    if own.has_errors:
        parse(file, sink)
        return None
    found = tokens(grammar(), file, own)
    formatter = Formatter(found, gaps(found, file.text), facts_of(tree))
    return render(formatter.file())


__all__ = ["format_file"]
