"""Proof that migrations do what they say: run with rows, traced for locks, linted."""
