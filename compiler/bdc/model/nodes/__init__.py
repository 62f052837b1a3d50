"""The resolved system, as frozen data: one file per construct. Expressions are already the typed trees of `bdc.ir`."""
