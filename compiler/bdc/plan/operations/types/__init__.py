"""Values and their types: retyped, reshaped, encrypted; domains and enums."""
