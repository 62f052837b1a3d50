"""A database in use becomes that of a backend: the migration that stands in for the first one where the tables are there already.

What comes in: the database at a URL as it is read, and the specification of it. What goes out: `database/adoption/<name>/` of the backend,
which its runner applies, and what a server that is thrown away says to it. Deliberately absent: changing the database at the URL, which
the runner does when it is told to. Read `compared` (is the specification about this database?), `edge` (the way), `proof`.
"""

from bdc.adoption.compared import Unlike, found_state
from bdc.adoption.edge import FOLDER, adoption_files
from bdc.adoption.proof import Unproven, prove

__all__ = ["FOLDER", "Unlike", "Unproven", "adoption_files", "found_state", "prove"]
