"""Policies and privileges."""
