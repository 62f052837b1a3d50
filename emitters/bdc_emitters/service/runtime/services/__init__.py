"""Everything below HTTP: what callers may do, how data is read and written, and the business code that is yours.

What comes in: an actor, an operation, arguments. What goes out: bytes of JSON, or a `Problem`. Absent on purpose: requests,
headers and responses (those are `api`).

Read: `problems`, `config`, `security/` (who calls), `data/` (statements and transactions), `business/` (your code).
"""
