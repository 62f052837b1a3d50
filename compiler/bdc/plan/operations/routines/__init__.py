"""Functions, views, triggers, and the objects of SQL blocks."""
