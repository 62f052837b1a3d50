"""What runs beside the compiler on a developer's machine: an embedded PostgreSQL server.

What comes in: a data directory, or none. What goes out: a running `Server` and its URLs. Absent on purpose: anything of a
specification, migrations (they belong to the emitted project), and any knowledge of a server that is not ours.
"""

from bdc.stack.reach import StackError
from bdc.stack.server import Server, start

__all__ = ["Server", "StackError", "start"]
