"""A migration that is run before it is written: forward, back and forward, with rows, on a server that is thrown away.

In: the database that the last migration left, and the planned step. Out: a `Proof`, which is kept beside the migration, or the
operation that stopped. Absent on purpose: the judgement of locks, and whole histories (`stack/verification`). Read `proving` first.
"""

from bdc.verification.proof.proving import Trial, prove
from bdc.verification.proof.record import FILE, NOT_ASKED, Proof, Stopped, read_proof

__all__ = ["FILE", "NOT_ASKED", "Proof", "Stopped", "Trial", "prove", "read_proof"]
