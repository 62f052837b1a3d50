"""The database: migrations, the functions of the release, seeds, and the runner that applies them.

What comes in: tables, policies, machines and seeds of the IR, and the compiled functions and row policies. What goes out:
`database/` of the backend, except the statements that the service sends. Absent on purpose: the meaning of policies and
expressions (the query room's) and the difference between two schemas.

Statements are data (`ddl`) with one printer (`printer`). Read: `schema` (the order of everything), then `tables`,
`policies`, `triggers`, `roles`, `system_tables`; then `migration`, `release`, `seeds`, which make files; then `emitter`.
"""

from bdc_emitters.postgres.emitter import EMITTER

__all__ = ["EMITTER"]
