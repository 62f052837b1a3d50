"""Facts that resolving finds: E1 (names, in `names`) and E2 (types in `types`, relations in `relations`)."""
