"""Keys and what rows are held to: primary, unique and foreign keys, indexes, checks, exclusions."""
