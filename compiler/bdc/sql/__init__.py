"""SQL text as PostgreSQL 18 reads it: statements, tokens, trees and names, with offsets in characters.

What comes in: SQL text. What goes out: plain frozen trees and positions. The parser is PostgreSQL's own (libpg_query, by
`postgast`); it is imported when a text is parsed for the first time, because its import takes longer than a small build.
Absent on purpose: specifications, catalogs and diagnostics. Read `parse`, then `tokens`, `parameters` and `names`.
"""

from bdc.sql.parse import SqlSyntaxError, Statement, parse, parse_expression
from bdc.sql.tree import Node, walk

__all__ = ["Node", "SqlSyntaxError", "Statement", "parse", "parse_expression", "walk"]
