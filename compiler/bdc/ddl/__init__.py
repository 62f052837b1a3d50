"""Statements of the data definition language: as data (`nodes`, `changes`) with one printer (`printer`).

What comes in: names, and SQL text of expressions, from whoever makes statements. What goes out: SQL text. Deliberately absent:
meaning, order, and where a statement came from. Parsers of SQL are no help here: a tenth of real definitions is opaque to them.
"""
