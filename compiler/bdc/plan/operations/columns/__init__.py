"""Columns: added, filled, made required, numbered, archived."""
