"""Advice on size."""
