"""Everything below HTTP: what callers may do, how data is read and written, and the business code that is yours.

What comes in: an actor, an operation, arguments. What goes out: bytes of JSON, or a `Problem`. Absent on purpose: requests,
headers and responses (those are `api`).

Read: `security/` (who calls, what roles may do), `data/` (statements and operations), `business/` (your code). Folders named
`engine` hold what is the same in every output.
"""
