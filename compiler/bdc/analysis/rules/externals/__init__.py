"""Rules about calls of other services."""
