"""Webhooks of other systems: signatures, messages, and their effect, once."""
