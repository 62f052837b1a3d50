"""How names of a specification become names of each target: one place for every emitter, the planner and the rules.

What comes in: names as they are written, and what a target keeps for itself. What goes out: names that the target accepts, the same
for the same specification. Deliberately absent: which names are wrong; `bdc.targets` reports those. The decision and its reasons:
`specs/decisions/names.md`.
"""
