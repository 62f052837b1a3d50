"""`python -m database.refresh VIEW[=SECONDS]...`: refresh materialized views once, or again and again."""

from database.engine.refresh import keep_fresh, main, refresh

__all__ = ["keep_fresh", "refresh"]

if __name__ == "__main__":
    main()
