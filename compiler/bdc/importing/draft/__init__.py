"""A specification in the making, for sources that describe a system and are no database: JDL, OpenAPI.

What comes in: units (lines and blocks) whose parts say which elements of the source they carry. What goes out: files that `bdc check`
accepts, and for each element of the source whether it is in them, with the reason where it is not. The compiler judges: a part that it
refuses is left out, with the words of the diagnostic. Deliberately absent: any knowledge of a source.
"""

from bdc.importing.draft.ledger import Ledger, under
from bdc.importing.draft.settle import Settled, settle
from bdc.importing.draft.units import Part, Unit

__all__ = ["Ledger", "Part", "Settled", "Unit", "settle", "under"]
