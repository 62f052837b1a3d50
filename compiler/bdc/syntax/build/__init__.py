"""What the grammar's rules build: one method per rule, named like it, children in, node out.

The methods are called while the parser reduces, so there is no tree of Lark's in between. Deliberately absent: any look at
what a name means.
"""

from bdc.syntax.build.builder import Builder

__all__ = ["Builder"]
