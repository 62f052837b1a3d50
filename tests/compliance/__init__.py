"""Evidence of an output."""
