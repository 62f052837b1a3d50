"""How data is read and written: compiled statements, one per operation.

What comes in: an actor and validated arguments. What goes out: JSON bytes made by PostgreSQL. There is no ORM.

Read: `statements/` (how each entity is read), `operations/` (which function of the database each write calls), `inputs/` (what
comes in), `resources` (filters and sorts). The code that composes and runs them is in `engine/`: it is the same in every output.
"""
