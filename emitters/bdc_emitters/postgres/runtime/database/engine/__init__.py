"""The migration runner. Not about your system: this code is the same in every output, and each build writes it again.

Read: `migrate` (the commands), `history` and `ledger` (what was applied), `apply`, `batches` (backfills), `down`, `baseline`.
What it runs is in `database/migrations/` and `database/release/`.
"""
