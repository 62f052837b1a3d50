"""A JDL → the specification of its entities.

What comes in: the text of a `.jdl` or `.jh` file of JHipster. What goes out: entities, enums and relations in the language; options of its
generator as comments; and an account of every element. The language of JDL is that of JHipster's documentation, version 8.
"""

from bdc.importing.jdl.convert import jdl_draft
from bdc.importing.jdl.parse import JdlError

__all__ = ["JdlError", "jdl_draft"]
