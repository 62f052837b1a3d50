"""Rules about who may do what (E3)."""
