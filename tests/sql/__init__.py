"""SQL text as PostgreSQL reads it."""
