"""What two conditions mean, compared by trying every case and not by their text.

What comes in: two expressions over one row, in the names of one side. What goes out: whether they are equal, and else an example row
for each direction in which they differ. Conditions are finite: each path, call and relation that they look at takes the values that the
conditions tell apart, and one that they do not name. Deliberately absent: policies and systems; values of enums come as a function.
"""

from bdc.changes.meaning.canonical import canonical
from bdc.changes.meaning.decide import Meaning, decide, implies
from bdc.changes.meaning.terms import EnumValues

__all__ = ["EnumValues", "Meaning", "canonical", "decide", "implies"]
