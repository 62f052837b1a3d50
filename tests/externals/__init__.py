"""Calls of other services: real ones, that fail in every way."""
