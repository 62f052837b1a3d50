"""The database: `migrations/`, `release/` (functions), `seeds/`, `models/`; `migrate` runs them. The runner is in `engine/`."""
