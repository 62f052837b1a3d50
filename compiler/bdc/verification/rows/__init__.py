"""Rows for a database that is thrown away: a catalog in, rows in every table that can have some out.

Row number n of a table refers to row number n of each table that it refers to, so that keys that share columns agree. What a check
asks for is found by trying values that its own text suggests. Absent on purpose: rows that mean something. Read `filling` first.
"""

from bdc.verification.rows.filling import Sought, fill
from bdc.verification.rows.keeping import Held, held, lost
from bdc.verification.rows.sought import sought_values

__all__ = ["Held", "Sought", "fill", "held", "lost", "sought_values"]
