"""The caller, roles and rules."""
