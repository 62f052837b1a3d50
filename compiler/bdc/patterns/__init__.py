r"""Regular expressions of `@pattern`, with one meaning in PostgreSQL, in JSON Schema and in the service.

What comes in: the text of a pattern. What goes out: `problem`, the reason why the text cannot keep one meaning; the same pattern as a
text of each engine (`json_text`, `sql_parts`, `service_parts`); and `matches`, which judges a value as those engines do.

The meaning: the pattern is searched, `^` and `$` are the ends of the text and never a line break, `.` is any character but a line end,
`\d`, `\w` and `\s` are ASCII. Where a text already says this to an engine, the engine gets it as it was written. All texts can be
matched in linear time: back-references are refused, look-around is accepted only at the ends, where it is a pattern of its own.

Deliberately absent: captures (nothing reads them) and Unicode classes (the engines disagree).

Read `tree` (the vocabulary), `reading` (text to tree), `printing` (tree to text), `written` (texts that stay), `engine`.
"""

from bdc.patterns.engine import matches, problem
from bdc.patterns.texts import Part, json_text, service_parts, sql_parts

__all__ = ["Part", "json_text", "matches", "problem", "service_parts", "sql_parts"]
