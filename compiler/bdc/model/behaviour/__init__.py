"""Machines, errors and events, seeds and scenarios."""
