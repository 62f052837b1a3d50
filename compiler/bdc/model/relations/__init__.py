"""References and collections: by what they lead, through which entity."""
