"""`python -m database.migrate`: apply, roll back, verify and list migrations. The same as functions is below."""

from database.engine.migrate import baseline, down, migrate, plan, prune, status

__all__ = ["baseline", "down", "migrate", "plan", "prune", "status"]

if __name__ == "__main__":
    from database.engine.command_line import main

    main()
