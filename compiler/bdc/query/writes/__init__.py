"""Write operations → PostgreSQL functions: one call, one transaction, one answer `(status, etag, body)`.

What comes in: `SystemIR`, and `Policies` (conditions as trees). What goes out: `CompiledFunction` per operation, two for one
with user code. Deliberately absent: validation of shapes and lengths (the service does it before any SQL, constraints after),
encryption (ciphertext comes in and goes out), tables, triggers and row level security.

Every function binds the caller first, in one expression. Refusals are raised: SQLSTATE `BD` + status, message = problem code,
detail = JSON members. The happy path is one statement for the write and one for the answer; why something was refused is
worked out only after it was.
"""

from bdc.query.writes.compile import compile_writes

__all__ = ["compile_writes"]
