"""What carries a reference is called after it, in JSON, in columns and in parameters."""


def key_member(reference: str) -> str:
    """Return the name of the member that holds the key of what `reference` refers to (`customer` → `customer_id`)."""
    return f"{reference}_id"
