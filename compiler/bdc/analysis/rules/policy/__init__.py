"""Rules about policies (E3)."""
