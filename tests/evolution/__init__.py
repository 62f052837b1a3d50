"""Evolutions: random databases and random valid changes of them, real histories, and the laws that plans between two states keep."""
