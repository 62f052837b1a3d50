"""Tests of this backend. `python -m pytest` starts a PostgreSQL of its own (or uses TEST_DATABASE_URL), migrates it and boots
the service; nothing else needs to run."""
