"""Types as written become types: scalars, constraints, domains, enums and structs."""
