"""Resolving: names, types, expressions."""
