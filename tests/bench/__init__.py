"""`make bench`: the emitted service beside a hand-written one, side by side in one run, and the compiler's own speed.

Ratios are the finding; absolute numbers belong to the machine. Read `__main__` (what is printed), `cases` (what is asked),
`load` (the client), `data` (rows), `peers` (the two servers), `compiler` (build times).
"""
