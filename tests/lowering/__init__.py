"""From specifications to the IR."""
