"""Other services: what they offer, how they are called, and which operations and jobs call them.

What comes in: `external` declarations, `calls` of operations and `call` of jobs. What goes out: `External` nodes with typed operations, and
the calls. Deliberately absent: whether a call fits the time that its caller has (a rule of `bdc.analysis`).
"""
