"""Drills: what operates an output, tried with real components. `make drills` runs them; they are no part of `make test`.

Each drill prints its numbers. One that lacks a component is not run, and the command fails. Read `__main__` for their order, `stage` for what
they stand on.
"""
